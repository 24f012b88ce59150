import { groupPasses, type ModelConfig, type PassLimits, type RowGroup, type TokenRow } from '@halokit/models';
import { rowPositions, type TokenBatch } from '../token_batch';
import { deal } from './deal';

/** Examples that go through the policy together. */
export interface SharedPass {
  /** Positions in the batch. */
  readonly examples: readonly number[];
  /** Which of the plan's microbatches they are of, for losses whose statistics are a microbatch's. */
  readonly microbatch: number;
}

/** What one rank computes of a batch. */
export interface Share {
  /** Positions of its examples in the batch, in ascending order. */
  readonly examples: readonly number[];
  readonly passes: readonly SharedPass[];
}

/** All of a batch, as planned: what a process that is alone computes. */
export function asPlanned(microbatches: readonly (readonly number[])[]): Share {
  return {
    examples: microbatches.flat().sort((a, b) => a - b),
    passes: microbatches.map((examples, microbatch) => ({ examples, microbatch })),
  };
}

export interface ShareOptions {
  readonly rank: number;
  readonly size: number;
  /** Of what is computed at once. */
  readonly limits: PassLimits;
  /** Examples of different microbatches may be computed together. */
  readonly together: boolean;
  /** `logitCost` of the policy. */
  readonly logits: number;
}

/** A gradient costs about this many times its forward pass, recording included. */
const gradientCost = 3;

/**
 * What a token of a response costs more than one of a prompt: its logits are computed. In products, over those of the layers:
 * V h / (12 L h^2), of a vocabulary of V, L layers and width h.
 */
export function logitCost({ vocabSize, numLayers, hiddenSize }: ModelConfig): number {
  return vocabSize / (12 * numLayers * hiddenSize);
}

/**
 * A rank's share of a batch: examples that cost about as much as every other rank's, like lengths together within the limits
 * that the plan was made with. All ranks' shares together are the batch.
 */
export function shareOf(
  batch: TokenBatch,
  microbatches: readonly (readonly number[])[],
  { rank, size, limits, together, logits }: ShareOptions,
): Share {
  const groups = [...Array(batch.examples).keys()].map((example) => rowGroup(batch, example));
  const costs = groups.map(({ shared }, i) => {
    const rows = rowPositions(batch, [i]).map((position) => batch.rows[position] as TokenRow);
    const responses = rows.reduce((sum, { response }) => sum + response.length, 0);
    const kl = batch.kl?.[i];
    const ofKl = kl ? kl.prompt.length + kl.response.length * (1 + logits) : 0;
    return gradientCost * (shared + logits * responses) + ofKl;
  });
  const examples = deal(costs, size)[rank] as number[];
  const within = (microbatch: number, positions: readonly number[]) =>
    groupPasses(
      positions.map((i) => groups[i] as RowGroup),
      limits,
    ).map((pass) => ({ microbatch, examples: pass.map((i) => positions[i] as number) }));
  if (together) return { examples, passes: within(0, examples) };
  const own = new Set(examples);
  return {
    examples,
    passes: microbatches.flatMap((of, i) =>
      within(
        i,
        of.filter((position) => own.has(position)),
      ),
    ),
  };
}

function rowGroup(batch: TokenBatch, example: number): RowGroup {
  const rows = rowPositions(batch, [example]).map((i) => batch.rows[i] as TokenRow);
  const lengths = rows.map(({ response }) => response.length);
  const prompt = rows[0]?.prompt.length ?? 0;
  return {
    rows: rows.length,
    longest: prompt + Math.max(...lengths),
    shared: lengths.reduce((sum, length) => sum + length, prompt),
  };
}
