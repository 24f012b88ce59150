import type { Prepared } from '@halokit/losses';
import { withDropout } from '@halokit/models';
import { type BatchNumbers, collect, emptyNumbers } from './batch_numbers';
import { clipFactor } from './clip';
import { Gradients } from './gradients';
import { batchMetrics, type Metrics } from './metrics';
import { microbatchLosses } from './microbatch';
import type { Optimizer } from './optimizer';
import { batchGradient } from './parallel/batch_gradient';
import type { Communicator } from './parallel/communicator';
import { agreeOnNames, exchangeNumbers } from './parallel/exchange';
import { asPlanned, logitCost, type Share, shareOf } from './parallel/share';
import { noGradientPass, prepareExamples } from './prepare';
import type { StepContext } from './step_context';
import { rowPositions, type TokenBatch } from './token_batch';

export interface StepResult {
  readonly metrics: Metrics;
  /** Loss, reward and log-probability of every example or row before the update. */
  readonly numbers: BatchNumbers;
  /** The loss's state for the next step. */
  readonly lossState: unknown;
}

/** What came of trying: where the loss or the gradient's norm is not finite, everything is as it was. */
export interface AttemptedStep extends StepResult {
  readonly updated: boolean;
}

/**
 * One update on one effective batch: statistics over all of it first, then gradients microbatch by microbatch, summed,
 * clipped and applied once. The result does not depend on the microbatches beyond rounding, unless the loss asks for
 * statistics by microbatch, or an adapter has dropout, of which each microbatch has a draw of its own.
 *
 * With a communicator each rank computes a share of the examples, and statistics, gradients, their norm and metrics are the
 * batch's on every rank.
 *
 * @param microbatches positions of the examples in the batch
 * @throws Error when the loss or the gradient is not finite; the weights are then as they were
 */
export async function trainStep(...step: Parameters<typeof attemptStep>): Promise<StepResult> {
  const { updated, ...result } = await attemptStep(...step);
  if (updated) return result;
  const [{ loss }] = step;
  throw new Error(
    `The ${loss.name} loss is ${result.metrics.loss} and its gradient norm ${result.metrics.grad_norm}, so the step was not ` +
      'taken. Lower the learning rate, or look at the examples of this batch.',
  );
}

/** The same, where numbers that are not finite are no error. */
export async function attemptStep(
  context: StepContext,
  batch: TokenBatch,
  microbatches: readonly (readonly number[])[],
  learningRate: number,
  lossState: unknown,
): Promise<AttemptedStep> {
  const {
    policy,
    loss,
    optimizer,
    maxGradNorm,
    lossScale = 1,
    gradientCheckpointing,
    seed = 0,
    communicator,
  } = context;
  const share = shareOfStep(context, batch, microbatches);
  const rowsAtOnce = Math.max(1, ...share.passes.map(({ examples }) => rowPositions(batch, examples).length));
  const pass = await noGradientPass(context, batch, { examples: share.examples, rowsAtOnce });
  const everyExample = [...Array(batch.examples).keys()];
  const prepareMetrics: Record<string, number> = {};
  const perMicrobatch = loss.statisticsOver === 'microbatch';
  let state = lossState;
  // On every rank for the whole batch, so that all know what is next, and none asks another.
  const statistics = (perMicrobatch ? microbatches : [everyExample]).map((examples) => {
    const prepared = prepareExamples(loss, batch, pass, examples, state);
    state = prepared.state;
    addShare(prepareMetrics, prepared.metrics, examples.length / batch.examples);
    return prepared.statistics;
  });

  const own = emptyNumbers(batch);
  const gradients = new Gradients(policy);
  try {
    for (const [i, { examples, microbatch }] of share.passes.entries()) {
      const dropping = withDropout(policy, drawOf(seed, optimizer, i, communicator));
      const result = gradients.add(
        () =>
          microbatchLosses(
            loss,
            dropping,
            batch,
            examples,
            pass.reference,
            statistics[perMicrobatch ? microbatch : 0],
            {
              gradientCheckpointing,
            },
          ),
        batch.examples,
        lossScale,
      );
      await collect(result, batch, examples, own);
    }
    const names = communicator && (await agreeOnNames(own, gradients, batch, communicator));
    const gradient = await batchGradient(context, gradients);
    const norm = gradient.norm / lossScale;
    const numbers = communicator && names ? await exchangeNumbers(own, names, communicator) : own;
    const metrics = {
      ...batchMetrics(batch, numbers),
      ...prepareMetrics,
      grad_norm: norm,
      learning_rate: learningRate,
    };
    const updated = Number.isFinite(metrics.loss) && Number.isFinite(norm);
    const factor = clipFactor(norm, maxGradNorm) / lossScale;
    if (updated) await gradient.update(learningRate, factor);
    return { metrics, numbers, lossState: updated ? state : lossState, updated };
  } finally {
    gradients.dispose();
  }
}

function shareOfStep(
  { policy, loss, communicator, limits }: StepContext,
  batch: TokenBatch,
  microbatches: readonly (readonly number[])[],
): Share {
  if (!communicator) return asPlanned(microbatches);
  const { rank, size } = communicator;
  const groups = microbatches.reduce((most, { length }) => Math.max(most, length), 1);
  const together = loss.statisticsOver !== 'microbatch';
  const logits = logitCost(policy.config);
  return shareOf(batch, microbatches, { rank, size, limits: limits ?? { groups }, together, logits });
}

/** What names the draw of a pass's dropout: one of its own on every rank. */
function drawOf(seed: number, { state }: Optimizer, pass: number, communicator?: Communicator): string {
  const draw = `${seed} ${state.updates} ${pass}`;
  return communicator && communicator.size > 1 ? `${draw} ${communicator.rank}` : draw;
}

/** Adds metrics of a microbatch to those of its batch, weighted by its share of the examples. */
function addShare(sums: Record<string, number>, metrics: Prepared<unknown, unknown>['metrics'], share: number): void {
  for (const [name, value] of Object.entries(metrics ?? {})) sums[name] = (sums[name] ?? 0) + share * value;
}
