import type { Loss } from '@halokit/losses';
import { type LogpRowsOptions, type PassShape, passShape, plainPasses, type TokenRow } from '@halokit/models';
import { rowPositions, type TokenBatch } from '../token_batch';

/** The forward passes of one step, by their sizes: without gradient by the reference and the policy, and with it. */
export interface StepPasses {
  readonly reference: readonly PassShape[];
  readonly policy: readonly PassShape[];
  /** One a microbatch, each followed by its backward pass. */
  readonly training: readonly PassShape[];
}

/**
 * The passes that `trainStep` makes of a batch.
 *
 * @param reference how many rows `referenceModel` was told to compute at once; `false` for one that knows the rows already
 */
export function stepPasses(
  { needs = {} }: Pick<Loss, 'needs'>,
  batch: TokenBatch,
  microbatches: readonly (readonly number[])[],
  reference: LogpRowsOptions | false = {},
): StepPasses {
  const at = (positions: readonly number[]) => positions.map((i) => batch.rows[i] as TokenRow);
  const rowsAtOnce = Math.max(...microbatches.map((examples) => rowPositions(batch, examples).length));
  const plain = (rows: readonly TokenRow[], options: LogpRowsOptions) =>
    plainPasses(rows, options).map((places) => passShape(places.map((i) => rows[i] as TokenRow)));
  const kl = needs.kl ? (batch.kl ?? []) : [];
  const own = needs.policyInPrepare || needs.values ? batch.rows : [];
  return {
    reference: needs.reference && reference ? plain([...batch.rows, ...kl], reference) : [],
    policy: [...plain(own, { rowsAtOnce }), ...plain(kl, { rowsAtOnce })],
    training: microbatches.map((examples) => passShape(at(rowPositions(batch, examples)))),
  };
}
