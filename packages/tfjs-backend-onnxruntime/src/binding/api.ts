import koffi, { type LibraryHandle, type TypeObject } from 'koffi';
import { checkVersion, loadLibrary, UnavailableError } from './library';

/** The version of the function table asked for. The table only ever grows, so every later library has it. */
const apiVersion = 24;

// Pointers are plain addresses: numbers that JavaScript keeps, and nothing that it could collect or move.
const pointer = 'uintptr_t';
const size = 'size_t';
const int = 'int';
/** A path, in the characters that the system's own functions take. */
const path = process.platform === 'win32' ? 'str16' : 'str';

/** Functions of `OrtApi` by their place in the table, which never changes. All return a status, those of `releases` nothing. */
const functions = {
  createRunOptions: [39, pointer],
  runOptionsSetTerminate: [46, pointer],
  createSessionFromArray: [8, pointer, pointer, size, pointer, pointer],
  run: [9, pointer, pointer, pointer, pointer, size, pointer, size, pointer],
  createSessionOptions: [10, pointer],
  enableProfiling: [14, pointer, path],
  setSessionGraphOptimizationLevel: [23, pointer, int],
  disableMemPattern: [17, pointer],
  createTensorAsOrtValue: [48, pointer, pointer, size, int, pointer],
  createTensorWithDataAsOrtValue: [49, pointer, pointer, size, pointer, size, int, pointer],
  getTensorMutableData: [51, pointer, pointer],
  createMemoryInfo: [68, 'str', int, int, int, pointer],
  createCpuMemoryInfo: [69, int, int, pointer],
  createEnvWithGlobalThreadPools: [119, int, pointer, pointer, pointer],
  disablePerSessionThreads: [120, pointer],
  createThreadingOptions: [121, pointer],
  addSessionConfigEntry: [130, pointer, 'str', 'str'],
  createAllocator: [131, pointer, pointer, pointer],
  createAndRegisterAllocator: [144, pointer, pointer, pointer],
  setGlobalIntraOpNumThreads: [147, pointer, int],
  setGlobalInterOpNumThreads: [148, pointer, int],
  setGlobalSpinControl: [149, pointer, int],
  createArenaCfgV2: [164, pointer, pointer, size, pointer],
  appendCudaProvider: [204, pointer, pointer],
  createCudaProviderOptions: [205, pointer],
  updateCudaProviderOptions: [206, pointer, pointer, pointer, size],
  appendExecutionProvider: [216, pointer, 'str', pointer, pointer, size],
  allocatorGetStats: [319, pointer, pointer],
  copyTensors: [386, pointer, pointer, pointer, pointer, size],
  sessionGetEpGraphAssignmentInfo: [407, pointer, pointer, pointer],
  epAssignedSubgraphGetEpName: [408, pointer, pointer],
  epAssignedSubgraphGetNodes: [409, pointer, pointer, pointer],
  epAssignedNodeGetName: [410, pointer, pointer],
  epAssignedNodeGetOperatorType: [412, pointer, pointer],
} as const;

const releases = {
  env: 92,
  status: 93,
  memoryInfo: 94,
  session: 95,
  value: 96,
  runOptions: 97,
  sessionOptions: 100,
  threadingOptions: 122,
  allocator: 132,
  arenaConfig: 157,
  cudaOptions: 208,
  keyValuePairs: 300,
} as const;

type TypeSpecifier = string | TypeObject;
type Argument = bigint | number | string;
type Callback = (error: unknown, status: bigint | number) => void;

/** A function of the library: called at once, or on a thread of its own with the result handed to a callback. */
interface NativeFunction {
  (...values: Argument[]): bigint | number;
  readonly async: (...values: (Argument | Callback)[]) => void;
}

/** The functions of ONNX Runtime's C API that the backend uses, and the library that they lie in. */
export interface Api extends Readonly<Record<keyof typeof functions, NativeFunction>> {
  readonly release: Readonly<Record<keyof typeof releases, (pointer: bigint) => void>>;
  readonly errorMessage: (status: bigint | number) => string;
  /** The text under a key, or null. */
  readonly keyValue: (pairs: bigint, key: string) => string | null;
  /** Copies bytes between native addresses and JavaScript's own buffers, either way. */
  readonly copy: (to: bigint | ArrayBufferView, from: bigint | ArrayBufferView, bytes: number) => void;
  readonly version: string;
  /** Held for ever: a library that is collected is unloaded under the running code. */
  readonly library: LibraryHandle;
}

let loaded: Api | undefined;

/** Loads the library once. @throws UnavailableError where that is not possible */
export function api(): Api {
  loaded ??= bind(loadLibrary());
  return loaded;
}

function bind(library: LibraryHandle): Api {
  const base = koffi.decode(library.func('void *OrtGetApiBase()')(), 'void *', 2) as [bigint, bigint];
  const at = (address: bigint, result: TypeSpecifier, types: readonly TypeSpecifier[]) =>
    koffi.decode(address, koffi.proto(result, [...types])) as NativeFunction;
  const version = String(at(base[1], 'const char *', [])());
  checkVersion(version);
  const table = at(base[0], 'void *', ['uint32_t'])(apiVersion) as bigint | null;
  if (!table) throw new UnavailableError(`ONNX Runtime ${version} has no API version ${apiVersion}.`);
  const places = [...Object.values(releases), ...Object.values(functions).map(([index]) => index)];
  const entries = koffi.decode(table, 'void *', 1 + Math.max(...places));
  const entry = (index: number) => entries[index] as bigint;

  const bound = Object.entries(functions).map(([name, [index, ...types]]) => [name, at(entry(index), pointer, types)]);
  const freeing = Object.entries(releases).map(([name, index]) => [name, at(entry(index), 'void', [pointer])]);
  return {
    ...(Object.fromEntries(bound) as Record<keyof typeof functions, NativeFunction>),
    release: Object.fromEntries(freeing) as Api['release'],
    errorMessage: at(entry(2), 'const char *', [pointer]) as unknown as Api['errorMessage'],
    keyValue: at(entry(297), 'const char *', [pointer, 'str']) as unknown as Api['keyValue'],
    copy: copyFunction(),
    version,
    library,
  };
}

/** The C library's own. On Windows its names lie in a library that has to be named. */
function copyFunction(): Api['copy'] {
  const c = koffi.load(process.platform === 'win32' ? 'msvcrt.dll' : null);
  return c.func('memcpy', 'void', ['void *', 'void *', size]) as unknown as Api['copy'];
}

/** What ONNX Runtime said went wrong. */
class OnnxRuntimeError extends Error {
  override name = 'OnnxRuntimeError';
}

/** Throws what a status says, and frees it. A status of 0 is success. */
export function check(status: bigint | number): void {
  if (!status) return;
  const message = api().errorMessage(status);
  api().release.status(BigInt(status));
  throw new OnnxRuntimeError(message);
}

// Where functions of the API put the pointer they make: read at once, so one place serves them all.
const slot = new BigUint64Array(16);
const slotAddress = koffi.address(slot.buffer);

/** Calls a function whose last parameter receives a pointer, and returns that pointer. */
export function made(call: (slot: bigint) => bigint | number): bigint {
  slot[0] = 0n;
  check(call(slotAddress));
  return slot[0];
}
