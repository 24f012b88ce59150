import type { BatchNumbers } from './batch_numbers';
import type { Metrics } from './metrics';
import type { TrainOptions } from './train_options';
import type { TrainState } from './train_state';

/** A batch whose loss or gradient is not finite, in its own order. */
export interface NotFiniteBatch {
  /** 1 is the first. */
  readonly step: number;
  readonly epoch: number;
  /** Indices of its examples in the dataset. */
  readonly examples: readonly number[];
  readonly metrics: Metrics;
  /** Loss, reward and log-probability of every example or row before the update that was not made. */
  readonly numbers: BatchNumbers;
}

/** A step that was not made: weights, optimiser and the loss's state are as they were. */
export class NotFiniteError extends Error {
  override readonly name = 'NotFiniteError';

  constructor(
    message: string,
    readonly batch: NotFiniteBatch,
  ) {
    super(message);
  }
}

/**
 * The state behind a batch that is left out.
 *
 * @throws NotFiniteError where none is to be left out, or too many were in a row
 */
export function leftOut(
  state: TrainState,
  batch: NotFiniteBatch,
  { loss, lossScale, onNotFinite = 'stop', mostSkipped = 5 }: TrainOptions,
): TrainState {
  const { total, inARow } = state.skipped;
  if (onNotFinite === 'stop') {
    const scale = typeof lossScale === 'number' && lossScale > 1 ? 'take a smaller lossScale, ' : '';
    const fix = `Lower the learning rate, ${scale}look at the examples, or leave such batches out with onNotFinite.`;
    throw new NotFiniteError(`${describe(loss.name, batch)} The step was not taken. ${fix}`, batch);
  }
  if (inARow >= mostSkipped) {
    const before = `So were ${inARow} steps in a row before it, which were left out: the weights themselves are off.`;
    throw new NotFiniteError(`${describe(loss.name, batch)} ${before} Lower the learning rate.`, batch);
  }
  return {
    ...state,
    step: batch.step,
    rateScale: onNotFinite === 'lower' ? state.rateScale / 2 : state.rateScale,
    skipped: { total: total + 1, inARow: inARow + 1 },
  };
}

/** What is wrong with a batch: whose loss is not finite, where it is some examples'. */
function describe(loss: string, { step, examples, metrics, numbers }: NotFiniteBatch): string {
  const broken = examples.filter((_, i) => !Number.isFinite(numbers.losses[i]));
  const shown = broken.slice(0, 8).join(', ') + (broken.length > 8 ? ', ...' : '');
  const which = broken.length > 0 ? `, that of ${broken.length} of its ${examples.length} examples (${shown})` : '';
  return `Step ${step}: the ${loss} loss is ${metrics.loss}${which}, and the gradient's norm ${metrics.grad_norm}.`;
}
