import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createLoss, type Loss, type LossName } from '@halokit/losses';
import {
  addAdapter,
  type CausalLM,
  cloneModel,
  createModel,
  disposeModel,
  lowPrecisionCopy,
  type ModelConfig,
  readConfig,
  type Storage,
} from '@halokit/models';
import { type ArenaStatistics, OnnxRuntimeBackend } from '@halokit/tfjs-backend-onnxruntime';
import * as tf from '@tensorflow/tfjs-core';
import {
  type AdapterFacts,
  adamw,
  type Dataset,
  estimateReferencePass,
  estimateSteps,
  planBatches,
  type Reference,
  referenceModel,
  referenceRows,
  remembered,
  rmsprop,
  type StepEstimate,
  stepPasses,
  tokenBatch,
  train,
} from '../src';

/** A few steps to estimate and to measure. Every row has a prompt of its own and the same lengths. */
export interface StepJob {
  /** A `config.json`. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly method: LossName;
  readonly optimizer?: 'rmsprop' | 'adamw';
  readonly adapter?: AdapterFacts;
  /** Tokens. */
  readonly prompt: number;
  readonly response: number;
  readonly batchSize: number;
  readonly microbatchSize: number;
  readonly gradientCheckpointing?: boolean | number;
  /** Of the frozen weights under an adapter. */
  readonly storage?: Storage;
  /** Of the reference. */
  readonly copyStorage?: Storage;
  /** What the reference says is asked for before the first step, and it is let go. */
  readonly askedBefore?: boolean;
}

export interface MeasuredSteps {
  readonly estimate: StepEstimate;
  /** Resident before anything was allocated, and at most. */
  readonly baseBytes: number;
  readonly peakBytes: number;
  readonly arena: ArenaStatistics;
}

/** Memory is at its most from the second step on: only then does the reference have numbers of its own. */
const steps = 2;

/** Starts the backend afresh, so that its arena counts from nothing. */
export async function freshBackend(): Promise<OnnxRuntimeBackend> {
  tf.env().set('PROD', true);
  await tf.setBackend('cpu');
  tf.removeBackend('onnxruntime');
  tf.registerBackend('onnxruntime', () => new OnnxRuntimeBackend(), 0);
  await tf.setBackend('onnxruntime');
  return tf.backend() as OnnxRuntimeBackend;
}

/** Estimates a job, and then trains. */
export async function measureSteps(job: StepJob): Promise<MeasuredSteps> {
  const engine = await freshBackend();
  const baseBytes = process.memoryUsage.rss();
  const config = readConfig(job.config);
  const loss: Loss = createLoss(job.method);
  const { batchSize, microbatchSize, adapter, gradientCheckpointing, storage, copyStorage } = job;
  const dataset = madeUpDataset(job, loss, config.vocabSize);
  const kl = loss.needs?.kl === true;
  const plan = await planBatches(dataset, { seed: 1, batchSize, microbatchSize, epochs: 1, kl });
  const options = { rowsAtOnce: microbatchSize };
  const passes = plan.steps.map((step) => stepPasses(loss, tokenBatch(dataset, step), step.microbatches, options));
  const copy = loss.needs?.reference === true && !job.askedBefore;
  const slots = job.optimizer === 'adamw' ? 2 : 1;
  const facts = { config, loss, slots, copy, storage, copyStorage, adapter, gradientCheckpointing };
  const ofSteps = estimateSteps(facts, job.askedBefore ? passes.map((step) => ({ ...step, reference: [] })) : passes);
  const before = estimateReferencePass(facts, job.askedBefore ? passes.flatMap(({ reference }) => reference) : []);
  const estimate = before.memory.bytes > ofSteps.memory.bytes ? { ...ofSteps, memory: before.memory } : ofSteps;

  const base = await fresh(config, storage);
  const policy = adapter ? addAdapter(base, { seed: 1, ...adapter }) : base;
  const frozen = copy ? await frozenCopy(policy, copyStorage) : undefined;
  const asked = job.askedBefore && remembered(referenceModel(policy, options));
  for (const rows of asked ? referenceRows(loss, dataset, plan) : []) await (asked as Reference).logps(rows);
  const reference = asked || (frozen && referenceModel(frozen, options));
  const optimizer = job.optimizer === 'adamw' ? adamw() : rmsprop();
  const run = { policy, reference, loss, dataset, plan, optimizer, learningRate: 1e-4, gradientCheckpointing };
  for await (const _ of train(run));
  await engine.flush();
  const { arena } = engine;
  optimizer.dispose();
  for (const model of [policy, frozen]) if (model) disposeModel(model);
  return { estimate, baseBytes, peakBytes: 1024 * process.resourceUsage().maxRSS, arena };
}

async function fresh(config: ModelConfig, storage: Storage | undefined): Promise<CausalLM> {
  const model = createModel(config, { seed: 1 });
  if (!storage) return model;
  const stored = await lowPrecisionCopy(model, { storage });
  disposeModel(model);
  return stored;
}

async function frozenCopy(policy: CausalLM, storage: Storage | undefined): Promise<CausalLM> {
  return storage ? lowPrecisionCopy(policy, { storage }) : cloneModel(policy);
}

/** The same in a process of its own, whose resident memory is the job's alone. */
export async function measureProcess(job: StepJob): Promise<MeasuredSteps> {
  const file = fileURLToPath(new URL('programs/measured_steps.ts', import.meta.url));
  const source = ['--conditions=@halokit/source', '--import', 'tsx', file];
  const { stdout } = await promisify(execFile)(process.execPath, [...source, JSON.stringify(job)]);
  return JSON.parse(stdout);
}

/** Examples of the kind that a loss takes, of random tokens. */
function madeUpDataset(job: StepJob, { feedback }: Loss, vocabulary: number): Dataset {
  let state = 1;
  const tokens = (length: number) =>
    Int32Array.from({ length }, () => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return (state >>> 8) % vocabulary;
    });
  const response = () => tokens(job.response);
  const prompts = Array.from({ length: steps * job.batchSize }, () => tokens(job.prompt));
  if (feedback === 'preferences') {
    return { feedback, examples: prompts.map((prompt) => ({ prompt, chosen: response(), rejected: response() })) };
  }
  if (feedback === 'demonstrations') {
    return { feedback, examples: prompts.map((prompt) => ({ prompt, response: response() })) };
  }
  return {
    feedback,
    examples: prompts.map((prompt, i) => ({ prompt, response: response(), desirable: i % 2 === 0 })),
  };
}
