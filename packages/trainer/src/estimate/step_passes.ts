import type { Loss } from '@halokit/losses';
import {
  type LogpRowsOptions,
  type ModelConfig,
  type PassLimits,
  type PassShape,
  passShape,
  plainPasses,
  type TokenRow,
} from '@halokit/models';
import { asPlanned, logitCost, shareOf } from '../parallel/share';
import { rowPositions, type TokenBatch } from '../token_batch';

/** The forward passes of one step, by their sizes: without gradient by the reference and the policy, and with it. */
export interface StepPasses {
  readonly reference: readonly PassShape[];
  readonly policy: readonly PassShape[];
  /** One a microbatch, each followed by its backward pass. */
  readonly training: readonly PassShape[];
}

/** Ranks that share each batch, and what each computes at once, as `train` takes it from its plan. */
export interface SharingRanks {
  readonly ranks: number;
  readonly limits: PassLimits;
  /** Of the policy. */
  readonly config: ModelConfig;
}

/**
 * The passes that `trainStep` makes of a batch.
 *
 * @param reference how many rows `referenceModel` was told to compute at once; `false` for one that knows the rows already
 * @param sharing when given, only the passes of rank 0, whose share is no smaller than others' are but for the length of a row
 */
export function stepPasses(
  { needs = {}, statisticsOver }: Pick<Loss, 'needs' | 'statisticsOver'>,
  batch: TokenBatch,
  microbatches: readonly (readonly number[])[],
  reference: LogpRowsOptions | false = {},
  sharing?: SharingRanks,
): StepPasses {
  const together = statisticsOver !== 'microbatch';
  const { examples, passes } = sharing
    ? shareOf(batch, microbatches, {
        rank: 0,
        size: sharing.ranks,
        limits: sharing.limits,
        together,
        logits: logitCost(sharing.config),
      })
    : asPlanned(microbatches);
  const at = (positions: readonly number[]) => positions.map((i) => batch.rows[i] as TokenRow);
  const rowsAtOnce = Math.max(...passes.map(({ examples }) => rowPositions(batch, examples).length));
  const plain = (rows: readonly TokenRow[], options: LogpRowsOptions) =>
    plainPasses(rows, options).map((places) => passShape(places.map((i) => rows[i] as TokenRow)));
  const rows = at(rowPositions(batch, examples));
  const kl = needs.kl && batch.kl ? examples.map((i) => batch.kl?.[i] as TokenRow) : [];
  const own = needs.policyInPrepare || needs.values ? rows : [];
  return {
    reference: needs.reference && reference ? plain([...rows, ...kl], reference) : [],
    policy: [...plain(own, { rowsAtOnce }), ...plain(kl, { rowsAtOnce })],
    training: passes.map(({ examples }) => passShape(at(rowPositions(batch, examples)))),
  };
}
