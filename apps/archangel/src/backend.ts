import '@tensorflow/tfjs';
import type { DeviceName } from '@halokit/tfjs-backend-onnxruntime';
import type { LossScale } from '@halokit/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { bestDevice, type DeviceChoice, deviceOfEnvironment } from './backend/device';
import { startCpu, startWasm } from './backend/javascript';
import { type OnnxRuntimeOptions, startOnnxRuntime } from './backend/onnxruntime';
import { startAnyTensorflow, startTensorflowGpu } from './backend/tensorflow';
import { InputError } from './input_error';
import { currentRanks } from './ranks/ranks';
import { oneLine } from './terminal/one_line';

export { deviceChoices } from './backend/device';

export const backendNames = ['auto', 'tensorflow', 'onnxruntime', 'wasm', 'cpu'] as const;

export type BackendName = (typeof backendNames)[number];

/** What was chosen. */
export interface ChosenBackend {
  readonly name: Exclude<BackendName, 'auto'>;
  /** What ONNX Runtime computes on. */
  readonly device?: DeviceName;
  /** Whether it multiplies matrices in float16. */
  readonly float16?: boolean;
  /** What computes, in a few words: runs that say the same of it give the same numbers. */
  readonly notice: string;
  /** Why nothing faster does, where that was not asked for. */
  readonly reason?: string;
}

/** How a backend computes, as configs have it. */
export interface BackendOptions {
  /** How many compute with ONNX Runtime; default: one a core. */
  readonly threads?: number | undefined;
  /** What ONNX Runtime computes on; default: the processor. */
  readonly device?: DeviceChoice | undefined;
  /** Whether it multiplies matrices in float16. */
  readonly float16?: boolean | undefined;
}

/**
 * Starts a TensorFlow.js backend: the one asked for, or with `auto` the first that starts of TensorFlow on a GPU, ONNX Runtime,
 * WebAssembly and plain JavaScript. Who names a device or float16 means ONNX Runtime.
 *
 * @param from the file from which TensorFlow's packages are looked for
 * @throws InputError when the backend or the device asked for does not start
 */
export async function chooseBackend(
  asked: BackendName,
  options: BackendOptions = {},
  from = import.meta.url,
): Promise<ChosenBackend> {
  // Without this, TensorFlow.js greets every run in Node with an advertisement for its own native backend.
  tf.env().set('PROD', true);
  const { device = 'cpu', float16 = false } = options;
  const isNamed = float16 || (options.device ?? 'auto') !== 'auto';
  switch (asked) {
    case 'auto':
      return isNamed ? onnxruntime(options, device) : fastest(options, device, from);
    case 'onnxruntime':
      return onnxruntime(options, device);
    default:
      if (isNamed && device !== 'cpu') {
        throw new InputError(`--device ${device} is of ONNX Runtime: take --backend onnxruntime, or leave it out.`);
      }
      if (float16) throw new InputError('--float16 is of ONNX Runtime: take --backend onnxruntime, or leave it out.');
      return other(asked, from);
  }
}

/** `ONNX Runtime, 2 threads; there is no graphics processor here; 4 ranks on alpha, by MPICH 4.0.2`: for the person to read. */
export function backendWords({ notice, reason }: ChosenBackend): string {
  const parts = [notice, reason, currentRanks().job?.said];
  return parts.filter((part) => part !== undefined).join('; ');
}

/** What keeps gradients from vanishing in the arithmetic of a backend, unless another is asked for, as a stage takes it. */
export function lossScaleOf({ float16 = false }: ChosenBackend, asked?: LossScale): { readonly lossScale?: LossScale } {
  const lossScale = asked ?? (float16 ? 'dynamic' : undefined);
  return lossScale === undefined ? {} : { lossScale };
}

/** A name for files of numbers that a backend computed, which another device or arithmetic rounds otherwise. */
export function numbersOf({ name, device = 'cpu', float16 = false }: ChosenBackend): string {
  return [name, ...(device === 'cpu' ? [] : [device]), ...(float16 ? ['float16'] : [])].join('-');
}

/** @throws InputError that says why ONNX Runtime, or the device, does not start */
async function onnxruntime(options: BackendOptions, asked: DeviceChoice): Promise<ChosenBackend> {
  try {
    return await startOn(options, asked);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const way = asked === 'cpu' || asked === 'auto' ? '--backend wasm' : '--device cpu';
    throw new InputError(`${oneLine((error as Error).message)} ${way} needs nothing.`);
  }
}

async function startOn(options: BackendOptions, asked: DeviceChoice): Promise<ChosenBackend> {
  const start = async (own: OnnxRuntimeOptions & { readonly device: DeviceName }, reason?: string) => {
    const notice = await startOnnxRuntime(own);
    const { device, float16 = false } = own;
    return { name: 'onnxruntime', device, float16, notice, ...(reason !== undefined && { reason }) } as const;
  };
  const { threads, float16 } = options;
  if (asked !== 'auto') return start({ threads, float16, device: asked });
  const named = deviceOfEnvironment();
  if (named) return start({ threads, float16, device: named.device }, named.reason);
  const { device, reason } = await bestDevice();
  if (device === 'cpu') return start({ threads, float16, device }, reason);
  try {
    return await start({ threads, float16, device });
  } catch (error) {
    return start({ threads, float16, device: 'cpu' }, (error as Error).message);
  }
}

async function fastest(options: BackendOptions, device: DeviceChoice, from: string): Promise<ChosenBackend> {
  const { notice, passedOver } = await startTensorflowGpu(from);
  if (notice !== undefined) return { name: 'tensorflow', notice };
  const chosen = await fallBack(options, device);
  const reasons = [chosen.reason, passedOver].filter((each) => each !== undefined);
  return reasons.length === 0 ? chosen : { ...chosen, reason: reasons.join('; ') };
}

/** The fastest backend that starts, and why no faster one did. */
async function fallBack(options: BackendOptions, device: DeviceChoice): Promise<ChosenBackend> {
  try {
    return await startOn(options, device);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const reason = `several times slower than ONNX Runtime, which did not start: ${(error as Error).message}`;
    const wasm = await startWasm();
    if (wasm !== undefined) return { name: 'wasm', notice: wasm, reason };
    return { name: 'cpu', notice: await startCpu(), reason: `WebAssembly did not start; ${reason}` };
  }
}

async function other(asked: 'tensorflow' | 'wasm' | 'cpu', from: string): Promise<ChosenBackend> {
  if (asked === 'tensorflow') return { name: asked, ...(await startAnyTensorflow(from)) };
  if (asked === 'cpu') return { name: asked, notice: await startCpu(), reason: 'as asked' };
  const notice = await startWasm();
  if (notice !== undefined) return { name: asked, notice };
  throw new InputError(
    'The wasm backend did not start. Try --backend cpu, which needs nothing but is many times slower.',
  );
}
