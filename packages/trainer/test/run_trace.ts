import { dpo, kto, type Loss, sft } from '@halokit/losses';
import { type BackwardOptions, type CausalLM, cloneModel, disposeModel } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import type { Metrics } from '../src/metrics';
import { referenceModel } from '../src/reference';
import { warmupConstant, warmupFromTenth } from '../src/schedule';
import { trainStep } from '../src/step';
import type { StepContext } from '../src/step_context';
import type { TokenBatch } from '../src/token_batch';
import { oracleOptimizer } from './oracle_optimizer';
import { type Trace, tokenRows } from './traces';

/** What came of a trace, as plain data: a page can hand it over. */
export interface TraceOutcome {
  readonly steps: readonly {
    readonly metrics: Metrics;
    readonly logps: readonly number[];
    readonly rewards: readonly number[];
    /** Tensors more than before the step. */
    readonly leaked: number;
  }[];
  /** The numbers of the trained weights that the trace lists, in its order. */
  readonly entries: Readonly<Record<string, readonly number[]>>;
}

/** Runs a trace with microbatches of the given size. It trains `policy`, which the caller made and disposes. */
export async function runTrace(
  policy: CausalLM,
  trace: Trace,
  microbatchSize: number,
  { gradientCheckpointing, lossScale }: BackwardOptions & Pick<StepContext, 'lossScale'> = {},
): Promise<TraceOutcome> {
  const frozen = cloneModel(policy);
  const optimizer = oracleOptimizer(trace.optimizer);
  const loss = lossOf(trace);
  const batch = batchOf(trace);
  const context = {
    ...{ policy, loss, reference: referenceModel(frozen), optimizer, gradientCheckpointing, lossScale },
    maxGradNorm: trace.clip_grad_norm,
  };
  const rule = (trace.optimizer.name === 'RMSprop' ? warmupConstant : warmupFromTenth)(trace.warmup_steps);
  const positions = [...Array(batch.examples).keys()];
  const microbatches = positions
    .filter((i) => i % microbatchSize === 0)
    .map((i) => positions.slice(i, i + microbatchSize));
  const steps: TraceOutcome['steps'][number][] = [];
  for (const index of trace.steps.keys()) {
    const before = tf.memory().numTensors;
    const learningRate = trace.optimizer.lr * rule(index, trace.steps.length);
    const { metrics, numbers } = await trainStep(context, batch, microbatches, learningRate, undefined);
    const leaked = tf.memory().numTensors - before;
    steps.push({ metrics, logps: [...numbers.logps], rewards: [...(numbers.rewards ?? [])], leaked });
  }
  disposeModel(frozen);
  optimizer.dispose();
  return { steps, entries: await entriesOf(policy, trace) };
}

async function entriesOf({ weights }: CausalLM, trace: Trace): Promise<Record<string, number[]>> {
  const all: Record<string, number[]> = {};
  for (const [name, { entries }] of Object.entries(trace.parameters_after_last_step)) {
    const values = (await weights.get(name)?.data()) ?? [];
    all[name] = entries.map(([index]) => values[index] as number);
  }
  return all;
}

function lossOf({ loss, config }: Trace): Loss {
  if (loss === 'halos_sft') return sft();
  if (loss === 'legacy_dpo') return dpo({ beta: config.beta });
  const weights = { desirableWeight: config.desirable_weight, undesirableWeight: config.undesirable_weight };
  return kto({ beta: config.beta, ...weights, z0Rows: loss === 'halos_kto' ? 'nonzero' : 'all' });
}

function batchOf({ batch }: Trace): TokenBatch {
  if (batch.concatenated) {
    return { feedback: 'preferences', examples: batch.pairs as number, rows: tokenRows(batch.concatenated) };
  }
  const rows = tokenRows(batch.target as NonNullable<typeof batch.target>);
  if (!batch.KL) return { feedback: 'demonstrations', examples: rows.length, rows };
  return { feedback: 'binary', examples: rows.length, rows, desirable: batch.desirable, kl: tokenRows(batch.KL) };
}
