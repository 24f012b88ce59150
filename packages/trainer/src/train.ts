import { checkRun } from './check_run';
import type { Metrics } from './metrics';
import { leftOut, type NotFiniteBatch } from './not_finite';
import type { Reference } from './reference';
import { referenceRows } from './reference_rows';
import { attemptStep } from './step';
import { tokenBatch } from './token_batch';
import type { TrainOptions } from './train_options';
import { freshState, type TrainState } from './train_state';

/** Said after every step. */
export interface StepEvent {
  /** Steps so far: 1 after the first. */
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly metrics: Metrics;
  /** Where the run stands now: what `from` goes on with. */
  readonly state: TrainState;
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
  const { policy, loss, dataset, plan, optimizer, schedule, signal, maxGradNorm, gradientCheckpointing } = options;
  await checkRun(options);
  const reference = loss.needs?.reference ? options.reference : undefined;
  const context = { policy, loss, reference, optimizer, maxGradNorm, gradientCheckpointing, seed: plan.settings.seed };
  const maxLength = options.maxLength ?? policy.config.maxPositionEmbeddings;
  if (!(await prefetched(reference, options, maxLength))) return;
  const steps = plan.steps.length;
  let state = options.from ?? freshState(loss.initialState);
  for (const planned of plan.steps.slice(state.step)) {
    if (signal?.aborted) return;
    const started = performance.now();
    const batch = tokenBatch(dataset, planned, maxLength);
    const learningRate = options.learningRate * (schedule?.(state.step, steps) ?? 1) * state.rateScale;
    const result = await attemptStep(context, batch, planned.microbatches, learningRate, state.lossState);
    const { epoch, examples } = planned;
    const { numbers } = result;
    const step = state.step + 1;
    const notFinite = result.updated ? undefined : { step, epoch, examples, metrics: result.metrics, numbers };
    state = notFinite
      ? leftOut(state, notFinite, options)
      : { ...state, step, lossState: result.lossState, skipped: { ...state.skipped, inARow: 0 } };
    const tokens = batch.rows.reduce((sum, row) => sum + row.prompt.length + row.response.length, 0);
    const seconds = (performance.now() - started) / 1000;
    const { total } = state.skipped;
    const metrics = {
      ...result.metrics,
      ...(total > 0 && { skipped_steps: total }),
      tokens_per_second: tokens / seconds,
    };
    yield { step, steps, epoch, metrics, state, ...(notFinite && { notFinite }) };
  }
}

/** Tells the reference all rows of the plan. @returns whether it was not stopped meanwhile */
async function prefetched(
  reference: Reference | undefined,
  { loss, dataset, plan, signal }: TrainOptions,
  maxLength: number,
): Promise<boolean> {
  if (!reference?.prefetch || signal?.aborted) return true;
  try {
    await reference.prefetch(referenceRows(loss, dataset, plan, maxLength).flat(), { signal });
    return true;
  } catch (error) {
    if (signal?.aborted) return false;
    throw error;
  }
}
