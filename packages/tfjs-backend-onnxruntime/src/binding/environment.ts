import { availableParallelism } from 'node:os';
import koffi from 'koffi';
import { identityModel } from '../onnx/identity_model';
import { api, check, made } from './api';
import { cString } from './c_strings';
import { type Arithmetic, arithmetics, type Device, type DeviceName, deviceNames, devices } from './device';
import { Handle } from './handle';
import { UnavailableError } from './library';
import { unavailable } from './provider';
import { sessionOptions } from './session_options';

/** What every session shares: the threads, and where numbers lie. */
export interface Environment {
  readonly threads: number;
  readonly device: Device;
  readonly arithmetic: Arithmetic;
  readonly env: bigint;
  /** The computer's own memory. */
  readonly hostMemory: bigint;
  /** The device's memory, and what gives pieces of it: the computer's, where the device is its processor. */
  readonly memoryInfo: bigint;
  readonly allocator: bigint;
}

let wantedThreads = availableParallelism();
let wantedDevice: DeviceName = 'cpu';
let wantedArithmetic: Arithmetic = 'float32';
let current: { readonly shared: Environment; readonly handles: readonly Handle[] } | undefined;

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

/** The shared environment, started on first use. @throws UnavailableError when the device cannot be used here */
export function environment(): Environment {
  current ??= start(wantedThreads, devices[wantedDevice]);
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
    current = start(wantedThreads, devices[device]);
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

function start(threads: number, device: Device): NonNullable<typeof current> {
  const handles: Handle[] = [];
  try {
    return { shared: startOn(device, threads, handles), handles };
  } catch (error) {
    for (const handle of handles.toReversed()) handle.release();
    throw device.name === 'cpu' ? error : unavailable(device, error);
  }
}

function startOn(device: Device, threads: number, handles: Handle[]): Environment {
  const a = api();
  const make = (kind: string, call: (out: bigint) => bigint | number, free: (pointer: bigint) => void) => {
    const handle = new Handle(kind, made(call), free);
    handles.push(handle);
    return handle.address;
  };

  const threading = new Handle(
    'threadingOptions',
    made((out) => a.createThreadingOptions(out)),
    a.release.threadingOptions,
  );
  check(a.setGlobalIntraOpNumThreads(threading.address, threads));
  check(a.setGlobalInterOpNumThreads(threading.address, 1));
  // Threads that spin while they wait gain nothing measurable, and take the cores from whatever else runs.
  check(a.setGlobalSpinControl(threading.address, 0));
  // What goes wrong comes back as a status; the library shall not print it as well.
  const fatalOnly = 4;
  const id = cString('halokit');
  const env = make(
    'environment',
    (out) => a.createEnvWithGlobalThreadPools(fatalOnly, koffi.address(id), threading.address, out),
    a.release.env,
  );
  threading.release();

  const [deviceAllocator, arena] = [0, 1];
  const hostMemory = make('memoryInfo', (out) => a.createCpuMemoryInfo(arena, 0, out), a.release.memoryInfo);
  registerArena(env, hostMemory);
  const { memory } = device;
  const memoryInfo = memory
    ? make('memoryInfo', (out) => a.createMemoryInfo(memory, deviceAllocator, 0, 0, out), a.release.memoryInfo)
    : hostMemory;

  // The memory is reached through a session, so there is one that does nothing else.
  const model = identityModel();
  const options = sessionOptions(device);
  const session = make(
    'session',
    (out) => a.createSessionFromArray(env, koffi.address(model), BigInt(model.byteLength), options.address, out),
    a.release.session,
  );
  options.release();
  const allocator = make('allocator', (out) => a.createAllocator(session, memoryInfo, out), a.release.allocator);
  return { threads, device, arithmetic: wantedArithmetic, env, hostMemory, memoryInfo, allocator };
}

/**
 * How the arena grows: by what is asked for and not by powers of two, and a free piece is cut down to what is asked for
 * unless less than this remains. As it comes, up to 128 MB of a piece are given away with it: 0.4 GB of a step at 410 M
 * parameters.
 */
const arenaSettings = { arena_extend_strategy: 1, max_dead_bytes_per_chunk: 1 << 16 };

/** One arena for all sessions. */
function registerArena(env: bigint, memoryInfo: bigint): void {
  const a = api();
  const names = Object.keys(arenaSettings).map(cString);
  const keys = BigUint64Array.from(names, (name) => koffi.address(name));
  const values = BigUint64Array.from(Object.values(arenaSettings), BigInt);
  const config = new Handle(
    'arenaConfig',
    made((out) =>
      a.createArenaCfgV2(koffi.address(keys.buffer), koffi.address(values.buffer), BigInt(keys.length), out),
    ),
    a.release.arenaConfig,
  );
  check(a.createAndRegisterAllocator(env, memoryInfo, config.address));
  config.release();
}
