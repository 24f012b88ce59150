import { availableParallelism, cpus, release } from 'node:os';
import type { DeviceReport } from '@halokit/tfjs-backend-onnxruntime';
import type { BackendName, ChosenBackend } from '../backend';
import { startWasm } from '../backend/javascript';
import { NotLoadedError } from '../backend/not_loaded';
import { tensorflowWords } from '../backend/tensorflow';
import { findTensorflow, type TensorflowPackage, tensorflowPackages } from '../backend/tensorflow_package';
import { packageVersions } from '../card/package_versions';
import { processMemory } from '../plan/free_memory';
import { appVersion } from './app_version';
import type { Outcome, Reason } from './probe';
import { runProbe } from './run_probe';

/** A backend of `--backend`, or a package that one is made of. */
export interface BackendReport extends Partial<Reason> {
  readonly name: Exclude<BackendName, 'auto'> | TensorflowPackage;
  readonly available: boolean;
  /** What computes, where it is available. */
  readonly notice?: string;
}

/** What there is to compute with. */
export interface EnvReport {
  readonly machine: {
    readonly system: string;
    readonly processor: string;
    readonly cores: number;
    readonly memoryBytes: number;
    readonly freeBytes: number;
    readonly node: string;
  };
  readonly versions: Readonly<Record<string, string>>;
  /** That compute with ONNX Runtime unless --threads says otherwise. */
  readonly threads: number;
  readonly backends: readonly BackendReport[];
  readonly auto: Outcome<ChosenBackend>;
  /** What ONNX Runtime can compute on, or why that could not be asked. */
  readonly devices: readonly DeviceReport[] | Reason;
}

/** @param program the words that start this app, as processes that look at what may crash */
export async function envReport(program: readonly string[]): Promise<EnvReport> {
  const [native, devices, auto, ...tensorflow] = await Promise.all([
    runProbe('onnxruntime', program),
    runProbe('devices', program),
    runProbe('auto', program),
    ...tensorflowPackages.map((name) => tensorflowReport(name, program)),
  ]);
  const library: Record<string, string> =
    'found' in native.outcome ? { onnxruntime: native.outcome.found.version } : {};
  return {
    machine: machine(),
    versions: { '@halokit/archangel': appVersion(), ...packageVersions(), ...library },
    threads: availableParallelism(),
    backends: [
      backend('onnxruntime', native.outcome, ({ notice }) => notice),
      ...tensorflow,
      await wasmReport(),
      { name: 'cpu', available: true, notice: 'plain JavaScript, many times slower than WebAssembly' },
    ],
    auto: auto.outcome,
    devices: 'found' in devices.outcome ? devices.outcome.found : devices.outcome,
  };
}

function machine(): EnvReport['machine'] {
  const [processor] = cpus();
  const { total, room } = processMemory();
  return {
    system: `${process.platform} ${process.arch}, ${release()}`,
    processor: processor?.model.trim() || 'unknown',
    cores: cpus().length,
    memoryBytes: total,
    freeBytes: room,
    node: process.versions.node,
  };
}

function backend<T>(name: BackendReport['name'], outcome: Outcome<T>, words: (found: T) => string): BackendReport {
  return 'found' in outcome
    ? { name, available: true, notice: words(outcome.found) }
    : { name, available: false, ...outcome };
}

/** Starts a process only where there is a library that could take it down. */
async function tensorflowReport(name: TensorflowPackage, program: readonly string[]): Promise<BackendReport> {
  try {
    findTensorflow(name, import.meta.url);
  } catch (error) {
    if (!(error instanceof NotLoadedError)) throw error;
    return { name, available: false, reason: `it ${error.reason}`, remedy: error.remedy };
  }
  const { outcome, stderr } = await runProbe(name, program);
  const missed = missingLibraries(stderr);
  const tail = missed.length > 0 ? `; it looked for ${missed.join(', ')}` : '';
  return backend(name, outcome, (found) => `${tensorflowWords(found)}${tail}`);
}

/** Libraries, most of them CUDA's, that TensorFlow wrote it had not found. */
export function missingLibraries(stderr: string): string[] {
  return [
    ...new Set([...stderr.matchAll(/Could not load dynamic library '([^']+)'/g)].map(([, name]) => name as string)),
  ];
}

/** In this process: WebAssembly cannot take it down. */
async function wasmReport(): Promise<BackendReport> {
  const notice = await startWasm().catch(() => undefined);
  return notice === undefined
    ? { name: 'wasm', available: false, reason: 'did not start' }
    : { name: 'wasm', available: true, notice };
}
