import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Adapter, DeviceName, DeviceReport } from '@halokit/tfjs-backend-onnxruntime';
import { childLines } from '../child_lines';
import { InputError } from '../input_error';
import { ourCommand } from '../train_step/commands';

/** What is measured. */
export interface DeviceFacts {
  readonly device: DeviceName;
  readonly adapter?: Adapter;
  /** Of NVIDIA, where nvidia-smi says it. */
  readonly driver?: string;
  /** A processor does what a GPU would. */
  readonly software: boolean;
}

/**
 * Looks at a device.
 *
 * @throws InputError where it cannot be used, or is a processor and that was not allowed
 */
export async function deviceFacts(
  device: DeviceName,
  allowSoftware: boolean,
  ask: () => Promise<readonly DeviceReport[]> = askReports,
): Promise<DeviceFacts> {
  const report = (await ask()).find((report) => report.device === device);
  if (!report?.available) throw new InputError(`--device ${device}: ${report?.reason ?? 'there is no such device.'}`);
  const { adapter } = report;
  const software = device === 'cpu' || adapter?.kind === 'software';
  if (software && !allowSoftware) {
    throw new InputError(
      `--device ${device} is ${adapter?.name ?? 'a processor'}, a processor and no GPU, about which figures would say nothing. ` +
        '--allow-software measures it all the same.',
    );
  }
  const driver = software ? undefined : nvidiaDriver();
  return { device, software, ...(adapter && { adapter }), ...(driver && { driver }) };
}

async function askReports(): Promise<readonly DeviceReport[]> {
  const found: DeviceReport[] = [];
  await childLines(ourCommand(fileURLToPath(new URL('device_program.ts', import.meta.url))), (line) => {
    found.push(...(line as { reports: DeviceReport[] }).reports);
  });
  return found;
}

function nvidiaDriver(): string | undefined {
  const { status, stdout } = spawnSync('nvidia-smi', ['--query-gpu=driver_version', '--format=csv,noheader'], {
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim().split('\n')[0] : undefined;
}

/** PyTorch on a device, or why it is not there. */
export type TorchFacts =
  | { readonly torch: string; readonly cuda?: string | null; readonly gpu?: string }
  | { readonly missing: string };

/** @param python one that can import torch, if there is one */
export function torchFacts(python: string | undefined, device: string): TorchFacts {
  if (python === undefined) return { missing: 'no Python here imports torch' };
  const file = fileURLToPath(new URL('torch_facts.py', import.meta.url));
  const { available, ...facts } = JSON.parse(execFileSync(python, [file], { encoding: 'utf8' }));
  if (device !== 'cpu' && !available) {
    return { missing: `PyTorch ${facts.torch} finds no GPU${facts.cuda ? '' : ': it was built without CUDA'}` };
  }
  return facts;
}
