import { availableParallelism } from 'node:os';
import koffi from 'koffi';
import { identityModel } from '../onnx/identity_model';
import { api, check, made } from './api';
import { Handle } from './handle';

/** What every session shares: the threads, and the arena that numbers live in. */
export interface Environment {
  readonly threads: number;
  readonly env: bigint;
  readonly sessionOptions: bigint;
  readonly memoryInfo: bigint;
  readonly allocator: bigint;
}

let wantedThreads = availableParallelism();
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

/** The shared environment, started on first use. */
export function environment(): Environment {
  current ??= start(wantedThreads);
  return current.shared;
}

/** Ends the threads and frees the arena. Every session and tensor must have been released. */
export function endEnvironment(): void {
  for (const handle of current?.handles.toReversed() ?? []) handle.release();
  current = undefined;
}

function start(threads: number): NonNullable<typeof current> {
  const a = api();
  const handles: Handle[] = [];
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

  const arena = 1;
  const memoryInfo = make('memoryInfo', (out) => a.createCpuMemoryInfo(arena, 0, out), a.release.memoryInfo);
  registerArena(env, memoryInfo);

  const sessionOptions = make('sessionOptions', (out) => a.createSessionOptions(out), a.release.sessionOptions);
  check(a.disablePerSessionThreads(sessionOptions));
  check(a.disableMemPattern(sessionOptions));
  check(a.setSessionGraphOptimizationLevel(sessionOptions, 99));
  check(a.addSessionConfigEntry(sessionOptions, 'session.use_env_allocators', '1'));
  check(
    a.addSessionConfigEntry(sessionOptions, 'optimization.disable_specified_optimizers', unwantedOptimizers.join(';')),
  );

  // The arena is reached through a session, so there is one that does nothing else.
  const model = identityModel();
  const session = make(
    'session',
    (out) => a.createSessionFromArray(env, koffi.address(model), BigInt(model.byteLength), sessionOptions, out),
    a.release.session,
  );
  const allocator = make('allocator', (out) => a.createAllocator(session, memoryInfo, out), a.release.allocator);
  return { shared: { threads, env, sessionOptions, memoryInfo, allocator }, handles };
}

/**
 * A tall product is computed lying down and then turned (kernels/matmul.ts): the first would undo it. The second makes an
 * array of one number over and over a constant of its session, which stays in memory for as long as the session, beside the
 * arena: 0.5 GB of training steps at 70 M parameters.
 */
const unwantedOptimizers = ['GemmTransposeFusion', 'ConstantFolding'];

/**
 * How the arena grows: by what is asked for and not by powers of two, and a free piece is cut down to what is asked for
 * unless less than this remains. As it comes, up to 128 MB of a piece are given away with it: 0.4 GB of a step at 410 M
 * parameters.
 */
const arenaSettings = Object.entries({ arena_extend_strategy: 1, max_dead_bytes_per_chunk: 1 << 16 });

/** One arena for all sessions. */
function registerArena(env: bigint, memoryInfo: bigint): void {
  const a = api();
  const names = arenaSettings.map(([name]) => cString(name));
  const keys = BigUint64Array.from(names, (name) => koffi.address(name));
  const values = BigUint64Array.from(arenaSettings, ([, value]) => BigInt(value));
  const config = new Handle(
    'arenaConfig',
    made((out) => {
      const count = BigInt(arenaSettings.length);
      return a.createArenaCfgV2(koffi.address(keys.buffer), koffi.address(values.buffer), count, out);
    }),
    a.release.arenaConfig,
  );
  check(a.createAndRegisterAllocator(env, memoryInfo, config.address));
  config.release();
}

/** Bytes of a C string, in memory that does not move. */
function cString(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(`${text}\0`);
  return new Uint8Array(bytes.buffer);
}
