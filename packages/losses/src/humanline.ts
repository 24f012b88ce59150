import * as tf from '@tensorflow/tfjs-core';
import type { BinaryLoss, DemonstrationLoss, LogpRows, Loss, PreferenceLoss, PreparedRows, Rows } from './contract';
import { shareOfTokens } from './log_ratio';

/** Bounds on each token's log-ratio. */
export type Humanline = readonly [low: number, high: number];

export const humanlineBounds: Humanline = [-1, 1.5];

/**
 * Any loss with a reference, under the bounds that human perception of probabilities sets: each token's log-ratio is
 * clamped before the loss sees it, and a clamped token passes no gradient. PPO's penalty of drift is not clamped: it is for
 * the tokens that drift far.
 *
 *     log pi'(y_t) = log pi_ref(y_t) + clamp(log pi(y_t) - log pi_ref(y_t), low, high)
 *
 * Adds the metric `unclamped` (`unclamped/chosen` and `unclamped/rejected` for pairs): the share of response tokens whose
 * log-ratio lay within the bounds.
 *
 * @throws Error for a loss without a reference: it has no log-ratios
 *
 * Source: HALOs' main branch, `humanline: true`.
 *
 * @example
 * const loss = humanline(kto({ beta: 0.1 }), [-1, 1.5]);
 */
export function humanline<L extends Loss>(loss: L, bounds: Humanline = humanlineBounds): L {
  if (!loss.needs?.reference) {
    throw new Error(
      `The ${loss.name} loss reads no reference, so it has no log-ratios for humanline to clamp: leave it out.`,
    );
  }
  return wrapped(loss, bounds) as L;
}

function wrapped(loss: Loss, bounds: Humanline): Loss {
  const within = (rows: Rows) => clampRows(rows, bounds);
  const prepared = <R extends PreparedRows | undefined>(rows: R) => rows && clampPrepared(rows, bounds);
  switch (loss.feedback) {
    case 'demonstrations':
      return {
        ...loss,
        prepare: loss.prepare && (({ rows }, state) => loss.prepare?.({ rows: prepared(rows) }, state)),
        losses(rows, statistics) {
          const result = loss.losses({ ...rows, ...within(rows) }, statistics);
          return { ...result, metrics: { ...result.metrics, unclamped: unclamped(rows, bounds) } };
        },
      } as DemonstrationLoss;
    case 'binary':
      return {
        ...loss,
        prepare:
          loss.prepare &&
          ((batch, state) => loss.prepare?.({ ...batch, rows: prepared(batch.rows), kl: prepared(batch.kl) }, state)),
        losses(rows, statistics) {
          const result = loss.losses({ ...rows, ...within(rows) }, statistics);
          return { ...result, metrics: { ...result.metrics, unclamped: unclamped(rows, bounds) } };
        },
      } as BinaryLoss;
    case 'preferences':
      return {
        ...loss,
        prepare:
          loss.prepare &&
          (({ chosen, rejected }, state) =>
            loss.prepare?.({ chosen: prepared(chosen), rejected: prepared(rejected) }, state)),
        losses({ chosen, rejected, ...pairs }, statistics) {
          const clamped = { chosen: within(chosen), rejected: within(rejected) };
          const result = loss.losses({ ...pairs, ...clamped }, statistics);
          const shares = {
            'unclamped/chosen': unclamped(chosen, bounds),
            'unclamped/rejected': unclamped(rejected, bounds),
          };
          return { ...result, metrics: { ...result.metrics, ...shares } };
        },
      } as PreferenceLoss;
  }
}

function clampRows(rows: Rows, [low, high]: Humanline): Rows {
  const { policy, reference } = rows;
  if (!reference) return rows;
  const clamped = tf.clipByValue(tf.sub(policy.tokens, reference.tokens), low, high);
  return { ...rows, unclamped: policy, policy: { ...policy, tokens: tf.add(reference.tokens, clamped) } };
}

function clampPrepared<R extends PreparedRows>(rows: R, [low, high]: Humanline): R {
  const { policy, reference } = rows;
  if (!policy || !reference) return rows;
  const clamp = (row: LogpRows[number], i: number) =>
    Array.from(row, (logp, t) => {
      const other = reference[i]?.[t] as number;
      return other + Math.min(Math.max(logp - other, low), high);
    });
  return { ...rows, policy: policy.map(clamp) };
}

/** Share of each response's tokens whose log-ratio lies within the bounds, [rows]. */
function unclamped({ policy, reference }: Rows, [low, high]: Humanline): tf.Tensor1D {
  const difference = tf.sub(policy.tokens, (reference as typeof policy).tokens);
  const inside = tf.logicalAnd(tf.greaterEqual(difference, low), tf.lessEqual(difference, high));
  return shareOfTokens(inside as tf.Tensor2D, policy.mask);
}
