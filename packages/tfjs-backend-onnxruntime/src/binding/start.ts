import koffi from 'koffi';
import { identityModel } from '../onnx/identity_model';
import { api, check, made } from './api';
import { cString } from './c_strings';
import type { Arithmetic, Device } from './device';
import { Handle } from './handle';
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

/** What an environment is to compute with. */
export interface Wanted {
  readonly threads: number;
  readonly device: Device;
  readonly arithmetic: Arithmetic;
}

/** An environment that runs, and what has to be released, in the order in which it was made, for it to end. */
export interface Started {
  readonly shared: Environment;
  readonly handles: readonly Handle[];
}

/** @throws UnavailableError that says why the device cannot be used here */
export function start(wanted: Wanted): Started {
  const handles: Handle[] = [];
  try {
    return { shared: startWith(wanted, handles), handles };
  } catch (error) {
    for (const handle of handles.toReversed()) handle.release();
    throw wanted.device.name === 'cpu' ? error : unavailable(wanted.device, error);
  }
}

function startWith({ threads, device, arithmetic }: Wanted, handles: Handle[]): Environment {
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
  return { threads, device, arithmetic, env, hostMemory, memoryInfo, allocator };
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
