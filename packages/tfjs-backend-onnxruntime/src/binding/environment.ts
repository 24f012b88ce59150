import { availableParallelism } from 'node:os';
import { type Arithmetic, arithmetics, type Device, type DeviceName, deviceNames, devices } from './device';
import { UnavailableError } from './library';
import { type Environment, type Started, start, type Wanted } from './start';

let wantedThreads = availableParallelism();
let wantedDevice: DeviceName = 'cpu';
let wantedArithmetic: Arithmetic = 'float32';
let current: Started | undefined;

/**
 * Sets how many threads compute, the calling one included. Default: all cores.
 *
 * @throws RangeError when `threads` is not a whole number of at least 1
 * @throws Error while a backend is in use, because its threads are running
 */
export function setThreads(threads: number): void {
  if (!Number.isInteger(threads) || threads < 1) {
    throw new RangeError(`The number of threads is ${threads}: give a whole number of at least 1.`);
  }
  if (current && threads !== current.shared.threads) {
    throw new Error('Set the number of threads before tf.setBackend, or after tf.removeBackend("onnxruntime").');
  }
  wantedThreads = threads;
}

/** How a device computes. */
export interface DeviceOptions {
  /** What matrices are multiplied in. Default: float32. */
  readonly arithmetic?: Arithmetic;
}

/**
 * Sets what computes: the processor, or a graphics processor. Default: the processor, in float32.
 *
 * @throws RangeError when there is no device or arithmetic of that name
 * @throws UnavailableError for float16 on the processor
 * @throws Error while a backend is in use, because its numbers lie somewhere
 */
export function setDevice(device: DeviceName, { arithmetic = 'float32' }: DeviceOptions = {}): void {
  if (!deviceNames.includes(device)) {
    throw new RangeError(`There is no device ${device}: take one of ${deviceNames.join(', ')}.`);
  }
  if (!arithmetics.includes(arithmetic)) {
    throw new RangeError(`There is no arithmetic ${arithmetic}: take one of ${arithmetics.join(', ')}.`);
  }
  if (device === 'cpu' && arithmetic === 'float16') {
    throw new UnavailableError('The processor multiplies in float32 alone: take float16 on a graphics processor.');
  }
  const { shared } = current ?? {};
  if (shared && (device !== shared.device.name || arithmetic !== shared.arithmetic)) {
    throw new Error('Set the device before tf.setBackend, or after tf.removeBackend("onnxruntime").');
  }
  wantedDevice = device;
  wantedArithmetic = arithmetic;
}

function wanted(device: DeviceName): Wanted {
  return { threads: wantedThreads, device: devices[device], arithmetic: wantedArithmetic };
}

/** The shared environment, started on first use. @throws UnavailableError when the device cannot be used here */
export function environment(): Environment {
  current ??= start(wanted(wantedDevice));
  return current.shared;
}

/**
 * Starts a device and ends it again.
 *
 * @returns why it cannot be used here, or nothing
 * @throws Error while a backend is in use
 */
export function tryDevice(device: DeviceName): string | undefined {
  if (current) throw new Error('A device is tried before tf.setBackend, or after tf.removeBackend("onnxruntime").');
  try {
    current = start(wanted(device));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    endEnvironment();
  }
}

/** What computes, or will. */
export function currentDevice(): Device {
  return current?.shared.device ?? devices[wantedDevice];
}

/** What matrices are multiplied in, or will be. */
export function currentArithmetic(): Arithmetic {
  return current?.shared.arithmetic ?? wantedArithmetic;
}

/** Whether the device has no kernel for an operator, so that a graph with it would go to the processor and back. */
export function lacks(operator: string): boolean {
  return currentDevice().lacks.has(operator);
}

const endings: (() => void)[] = [];

/** Has something done once, before the environment ends. */
export function whenItEnds(action: () => void): void {
  endings.push(action);
}

/** Ends the threads and frees the arena. Every session and tensor must have been released. */
export function endEnvironment(): void {
  for (const action of endings.splice(0)) action();
  for (const handle of current?.handles.toReversed() ?? []) handle.release();
  current = undefined;
}
