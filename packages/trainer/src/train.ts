import type { Loss } from '@halokit/losses';
import { type BackwardOptions, type CausalLM, hasHead } from '@halokit/models';
import { type Dataset, datasetFingerprint } from './dataset';
import { InputError } from './input_error';
import type { Metrics } from './metrics';
import type { Optimizer } from './optimizer';
import type { BatchPlan } from './plan';
import type { Reference } from './reference';
import type { Schedule } from './schedule';
import { trainStep } from './step';
import { tokenBatch } from './token_batch';

export interface TrainOptions extends BackwardOptions {
  /** The model to train; its weights change in place. */
  readonly policy: CausalLM;
  /** Needed exactly when the loss says so. */
  readonly reference?: Reference;
  readonly loss: Loss;
  readonly dataset: Dataset;
  readonly plan: BatchPlan;
  readonly optimizer: Optimizer;
  readonly learningRate: number;
  /** Share of the learning rate at each update; constant when absent. */
  readonly schedule?: Schedule;
  /** Largest gradient norm; none when absent. */
  readonly maxGradNorm?: number;
  /** Longest KL row in tokens; the model's own limit when absent. */
  readonly maxLength?: number;
  /** Stops before the next step, or before the first while a reference prefetches. */
  readonly signal?: AbortSignal;
}

/** Said after every update. */
export interface StepEvent {
  /** Updates made so far: 1 after the first. */
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly metrics: Metrics;
}

/**
 * Trains a policy: one update per planned step, each said as an event.
 *
 * @throws InputError, before the first step, when plan, dataset, loss, policy and reference do not belong together
 *
 * @example
 * const plan = await planBatches(dataset, { seed: 1, batchSize: 32, microbatchSize: 8, epochs: 1, kl: true });
 * const reference = referenceModel(cloneModel(policy));
 * const run = train({ policy, reference, loss: kto(), dataset, plan, optimizer: rmsprop(), learningRate: 5e-7 });
 * for await (const { step, metrics } of run) console.log(step, metrics.loss);
 */
export async function* train(options: TrainOptions): AsyncGenerator<StepEvent> {
  const { policy, loss, dataset, plan, optimizer, schedule, signal, maxGradNorm, gradientCheckpointing } = options;
  await check(options);
  const reference = loss.needs?.reference ? options.reference : undefined;
  const context = { policy, loss, reference, optimizer, maxGradNorm, gradientCheckpointing, seed: plan.settings.seed };
  const maxLength = options.maxLength ?? policy.config.maxPositionEmbeddings;
  if (!(await prefetched(reference, options, maxLength))) return;
  let lossState: unknown = loss.initialState;
  for (const [index, planned] of plan.steps.entries()) {
    if (signal?.aborted) return;
    const started = performance.now();
    const batch = tokenBatch(dataset, planned, maxLength);
    const learningRate = options.learningRate * (schedule?.(index, plan.steps.length) ?? 1);
    const result = await trainStep(context, batch, planned.microbatches, learningRate, lossState);
    lossState = result.lossState;
    const tokens = batch.rows.reduce((sum, row) => sum + row.prompt.length + row.response.length, 0);
    const seconds = (performance.now() - started) / 1000;
    const metrics = { ...result.metrics, tokens_per_second: tokens / seconds };
    yield { step: index + 1, steps: plan.steps.length, epoch: planned.epoch, metrics };
  }
}

/** Tells the reference all rows of the plan. @returns whether it was not stopped meanwhile */
async function prefetched(
  reference: Reference | undefined,
  { loss, dataset, plan, signal }: TrainOptions,
  maxLength: number,
): Promise<boolean> {
  if (!reference?.prefetch || signal?.aborted) return true;
  const batches = plan.steps.map((step) => tokenBatch(dataset, step, maxLength));
  const rows = batches.flatMap((batch) => [...batch.rows, ...((loss.needs?.kl && batch.kl) || [])]);
  try {
    await reference.prefetch(rows, { signal });
    return true;
  } catch (error) {
    if (signal?.aborted) return false;
    throw error;
  }
}

async function check({ policy, loss, dataset, plan, reference }: TrainOptions): Promise<void> {
  if (loss.feedback !== dataset.feedback) {
    throw new InputError(
      `The ${loss.name} loss trains on ${loss.feedback}, but the dataset holds ${dataset.feedback}.`,
    );
  }
  if (loss.needs?.reference && !reference) {
    throw new InputError(`The ${loss.name} loss needs a reference model and got none: pass reference.`);
  }
  if (loss.needs?.kl && !plan.settings.kl) {
    throw new InputError(`The ${loss.name} loss needs KL rows, which the plan leaves out: plan with kl: true.`);
  }
  if (loss.needs?.groups && !plan.settings.groups) {
    throw new InputError(
      `The ${loss.name} loss compares the examples of a prompt, which the plan puts into different batches: ` +
        'plan with groups: true.',
    );
  }
  if (loss.needs?.values && !hasHead(policy, 'value')) {
    throw new InputError(
      `The ${loss.name} loss needs a value head, which the policy has not: pass addValueHead(policy, { seed }).`,
    );
  }
  if (loss.needs?.scores && !hasHead(policy, 'reward')) {
    throw new InputError(
      `The ${loss.name} loss needs a reward head, which the policy has not: pass addRewardHead(policy, { seed }).`,
    );
  }
  if (loss.needs?.controlTokens && !(dataset.feedback === 'binary' && dataset.controlTokens)) {
    throw new InputError(
      `The ${loss.name} loss needs prompts that end in a control token: tokenizeBinary with controlTokens, and say so ` +
        'in the dataset with controlTokens: true.',
    );
  }
  if (!loss.needs?.controlTokens && dataset.feedback === 'binary' && dataset.controlTokens) {
    throw new InputError(
      `The prompts of the dataset end in control tokens, which would tell the ${loss.name} loss the answer: ` +
        'tokenizeBinary without controlTokens.',
    );
  }
  if (loss.wholeBatch && plan.steps.some(({ microbatches }) => microbatches.length > 1)) {
    throw new InputError(
      `The ${loss.name} loss couples the examples of a batch: set microbatchSize to the batch size, ` +
        `${plan.settings.batchSize}, and leave microbatchTokens out.`,
    );
  }
  if (plan.dataset !== (await datasetFingerprint(dataset))) {
    throw new InputError('The plan was made for other data: its fingerprint is not this dataset’s. Plan again.');
  }
}
