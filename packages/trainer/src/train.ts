import { checkRun } from './check_run';
import type { Metrics } from './metrics';
import type { NotFiniteBatch } from './not_finite';
import { checkRanks } from './parallel/check_ranks';
import { abortedAnywhere } from './parallel/exchange';
import type { Reference } from './reference';
import { referenceRows } from './reference_rows';
import { attemptStep } from './step';
import { stepOutcome } from './step_outcome';
import { tokenBatch } from './token_batch';
import type { TrainOptions } from './train_options';
import { stateToBegin, type TrainState } from './train_state';

/** Said after every step. */
export interface StepEvent {
  /** Steps so far: 1 after the first. */
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly metrics: Metrics;
  /** Where the run stands now: what `from` goes on with. */
  readonly state: TrainState;
  /** The step was not made, because the gradient was more than its arithmetic holds; the scale of the loss is now half. */
  readonly overflowed?: true;
  /** The batch, where it was left out because its numbers are not finite. */
  readonly notFinite?: NotFiniteBatch;
}

/**
 * Trains a policy: one update per planned step, each said as an event.
 *
 * @throws InputError, before the first step, when plan, dataset, loss, policy and reference do not belong together
 * @throws NotFiniteError when loss or gradient is not finite, unless `onNotFinite` says otherwise; nothing is changed then
 *
 * @example
 * const plan = await planBatches(dataset, { seed: 1, batchSize: 32, microbatchSize: 8, epochs: 1, kl: true });
 * const reference = referenceModel(cloneModel(policy));
 * const run = train({ policy, reference, loss: kto(), dataset, plan, optimizer: rmsprop(), learningRate: 5e-7 });
 * for await (const { step, metrics } of run) console.log(step, metrics.loss);
 */
export async function* train(options: TrainOptions): AsyncGenerator<StepEvent> {
  const { policy, loss, dataset, plan, optimizer, schedule, maxGradNorm, gradientCheckpointing, communicator } =
    options;
  await checkRun(options);
  if (communicator) await checkRanks(options, communicator);
  const reference = loss.needs?.reference ? options.reference : undefined;
  const { seed, microbatchSize: groups, microbatchTokens: tokens } = plan.settings;
  const context = {
    ...{ policy, loss, reference, optimizer, maxGradNorm, gradientCheckpointing, seed },
    ...{ communicator, limits: { groups, tokens } },
  };
  const maxLength = options.maxLength ?? policy.config.maxPositionEmbeddings;
  if (!(await prefetched(reference, options, maxLength))) return;
  const steps = plan.steps.length;
  let state = stateToBegin(options);
  const fixedScale = typeof options.lossScale === 'number' ? options.lossScale : 1;
  for (const planned of plan.steps.slice(state.step)) {
    if (await isStopped(options)) return;
    const started = performance.now();
    const batch = tokenBatch(dataset, planned, maxLength);
    const learningRate = options.learningRate * (schedule?.(state.step, steps) ?? 1) * state.rateScale;
    const lossScale = state.lossScale?.scale ?? fixedScale;
    const scaled = { ...context, lossScale };
    const result = await attemptStep(scaled, batch, planned.microbatches, learningRate, state.lossState);
    const { epoch, examples } = planned;
    const step = state.step + 1;
    const { overflowed, notFinite, ...next } = stepOutcome(state, { step, epoch, examples, ...result }, options);
    state = next.state;
    const tokens = batch.rows.reduce((sum, row) => sum + row.prompt.length + row.response.length, 0);
    const seconds = (performance.now() - started) / 1000;
    const skipped = state.skipped.total + (state.lossScale?.skipped ?? 0);
    const metrics = {
      ...result.metrics,
      ...(options.lossScale !== undefined && { loss_scale: lossScale }),
      ...(skipped > 0 && { skipped_steps: skipped }),
      tokens_per_second: tokens / seconds,
    };
    yield { step, steps, epoch, metrics, state, ...(overflowed && { overflowed }), ...(notFinite && { notFinite }) };
  }
}

/** Tells the reference all rows of the plan. @returns whether it was not stopped meanwhile */
async function prefetched(
  reference: Reference | undefined,
  options: TrainOptions,
  maxLength: number,
): Promise<boolean> {
  const { loss, dataset, plan, signal } = options;
  if (!reference?.prefetch || (await isStopped(options))) return true;
  try {
    await reference.prefetch(referenceRows(loss, dataset, plan, maxLength).flat(), { signal });
    return true;
  } catch (error) {
    if (signal?.aborted || (error as Error).name === 'AbortError') return false;
    throw error;
  }
}

async function isStopped({ signal, communicator }: TrainOptions): Promise<boolean> {
  return communicator ? await abortedAnywhere(signal, communicator) : signal?.aborted === true;
}
