import { existsSync, readdirSync } from 'node:fs';
import type { DeviceName, DeviceReport } from '@halokit/tfjs-backend-onnxruntime';
import { runProbe } from '../env/run_probe';
import { thisProgram } from '../grid/this_program';
import { InputError } from '../input_error';

export const deviceChoices = ['auto', 'cpu', 'webgpu', 'cuda'] as const satisfies readonly ('auto' | DeviceName)[];

export type DeviceChoice = (typeof deviceChoices)[number];

/** What ONNX Runtime is to compute on, and why, where that was not asked for. */
export interface ChosenDevice {
  readonly device: DeviceName;
  readonly reason?: string;
}

/**
 * What `auto` means where nobody is to look: of many processes on one machine, say.
 *
 * @throws InputError for what is no device
 */
export function deviceOfEnvironment({ ARCHANGEL_DEVICE: asked } = process.env): ChosenDevice | undefined {
  if (asked === undefined || asked === '' || asked === 'auto') return undefined;
  const device = (['cpu', 'webgpu', 'cuda'] as const).find((name) => name === asked);
  if (device) return { device, reason: 'as ARCHANGEL_DEVICE has it' };
  throw new InputError(`ARCHANGEL_DEVICE is ${asked}: make it one of ${deviceChoices.join(', ')}.`);
}

/**
 * A graphics processor where there is one in hardware, and else the processor: graphics in software are slower than that.
 *
 * @param look asks for the devices in a process of its own, because a driver that is broken may take its process down
 */
export async function bestDevice(
  look: () => Promise<readonly DeviceReport[] | { readonly reason: string }> = lookAside,
  mayHaveOne = mayHaveGraphics(),
): Promise<ChosenDevice> {
  if (!mayHaveOne) return { device: 'cpu', reason: 'there is no graphics processor here' };
  const reports = await look();
  if ('reason' in reports)
    return { device: 'cpu', reason: `graphics processors could not be looked for: ${reports.reason}` };
  const webgpu = reports.find(({ device }) => device === 'webgpu');
  if (!webgpu?.available) return { device: 'cpu', reason: webgpu?.reason ?? 'WebGPU is unknown' };
  const { adapter } = webgpu;
  if (!adapter) return { device: 'cpu', reason: 'no driver says what computes with --device webgpu' };
  if (adapter.kind === 'software')
    return { device: 'cpu', reason: `${adapter.name} is a graphics processor in software` };
  return { device: 'webgpu' };
}

async function lookAside(): Promise<readonly DeviceReport[] | { readonly reason: string }> {
  const { outcome } = await runProbe('devices', thisProgram());
  return 'found' in outcome ? outcome.found : outcome;
}

/**
 * Whether looking for a graphics processor is worth a process. Linux shows their drivers as files: of graphics, of NVIDIA's
 * own, and of Windows beneath.
 */
function mayHaveGraphics(): boolean {
  if (process.platform !== 'linux') return true;
  const nodes = existsSync('/dev/dri') ? readdirSync('/dev/dri') : [];
  return (
    nodes.some((name) => name.startsWith('renderD')) || ['/dev/nvidia0', '/dev/dxg'].some((file) => existsSync(file))
  );
}
