import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { kto } from '@halokit/losses';
import {
  createModel,
  disposeModel,
  passShape,
  readConfig,
  type Storage,
  streamedPasses,
  type TokenRow,
} from '@halokit/models';
import { folderFiles, loadCheckpoint, saveCheckpoint } from '@halokit/models/node';
import { OnnxRuntimeBackend } from '@halokit/tfjs-backend-onnxruntime';
import * as tf from '@tensorflow/tfjs-core';
import { estimateStreamedPass, type PassEstimate, streamedReference } from '../src';

/** A reference that is streamed beside a model in memory, over rows of the same lengths. */
export interface StreamJob {
  /** A `config.json`. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly filesIn?: Storage;
  readonly rows: number;
  /** Tokens. */
  readonly prompt: number;
  readonly response: number;
  readonly rowsAtOnce: number;
  readonly statesBytes?: number;
  readonly vocabularyBytes?: number;
}

export interface MeasuredStream {
  readonly estimate: PassEstimate;
  /** Resident before anything was allocated, and at most. */
  readonly baseBytes: number;
  readonly peakBytes: number;
}

/** Streams the checkpoint in a folder, or makes it there. Each is to be the work of a process of its own. */
export async function measureStream(
  job: StreamJob,
  folder: string,
  make: boolean,
): Promise<MeasuredStream | undefined> {
  tf.env().set('PROD', true);
  tf.registerBackend('onnxruntime', () => new OnnxRuntimeBackend(), 0);
  await tf.setBackend('onnxruntime');
  const config = readConfig(job.config);
  const { filesIn, rowsAtOnce, statesBytes, vocabularyBytes } = job;
  if (make) {
    await saveCheckpoint(createModel(config, { seed: 1 }), folder, { dtype: filesIn ?? 'float32' });
    return undefined;
  }
  const baseBytes = process.memoryUsage.rss();
  const rows = madeUpRows(job, config.vocabSize);
  const facts = { config, loss: kto(), slots: 1, copy: false };
  const room = { rowsAtOnce, ...(statesBytes && { statesBytes }), ...(vocabularyBytes && { vocabularyBytes }) };
  const shape = (places: readonly number[]) => passShape(places.map((i) => rows[i] as TokenRow));
  const readings = streamedPasses(rows, config, room).map((passes) => passes.map(shape));
  const estimate = estimateStreamedPass(facts, readings, { filesIn, vocabularyBytes });
  const policy = await loadCheckpoint(folder);
  await streamedReference(folderFiles(folder), room).prefetch?.(rows);
  disposeModel(policy);
  return { estimate, baseBytes, peakBytes: 1024 * process.resourceUsage().maxRSS };
}

/** The same in processes of their own, whose resident memory is the job's alone. */
export async function measureStreamProcess(job: StreamJob): Promise<MeasuredStream> {
  const folder = await mkdtemp(join(tmpdir(), 'streamed-'));
  const file = fileURLToPath(new URL('programs/measured_stream.ts', import.meta.url));
  const run = (...more: string[]) =>
    promisify(execFile)(process.execPath, [
      ...['--conditions=@halokit/source', '--import', 'tsx', file, JSON.stringify(job), join(folder, 'model'), ...more],
    ]);
  try {
    await run('make');
    return JSON.parse((await run()).stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function madeUpRows(job: StreamJob, vocabulary: number): TokenRow[] {
  let state = 1;
  const tokens = (length: number) =>
    Int32Array.from({ length }, () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % vocabulary;
    });
  return Array.from({ length: job.rows }, () => ({ prompt: tokens(job.prompt), response: tokens(job.response) }));
}
