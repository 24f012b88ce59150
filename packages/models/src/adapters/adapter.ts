import type { Variable } from '@tensorflow/tfjs-core';
import { familyOf, type ModelConfig } from '../families/families';

/** How a model's low-rank matrices, which stand among its weights, change its linear layers (LoRA). */
export interface Adapter {
  /** Rows of A and columns of B. */
  readonly rank: number;
  readonly alpha: number;
  /** Share of a layer's inputs that does not reach A while dropout is on. */
  readonly dropout: number;
  /** Whether the change is scaled by alpha / sqrt(rank) (rsLoRA), and not by alpha / rank. */
  readonly rankStabilized: boolean;
  /** Names the draw of dropout; it is off where there is none. See `withDropout`. */
  readonly draw?: string;
}

/** What B A is multiplied by. */
export function scaleOf({ rank, alpha, rankStabilized }: Adapter): number {
  return alpha / (rankStabilized ? Math.sqrt(rank) : rank);
}

/** Names of the matrices A [rank, in] and B [out, rank] of a linear layer, as PEFT has them behind its own. */
export function matricesOf(module: string): { readonly a: string; readonly b: string } {
  return { a: `${module}.lora_A.weight`, b: `${module}.lora_B.weight` };
}

/** Whether a weight is such a matrix. */
export function isOfAdapter(weight: string): boolean {
  return /\.lora_[AB]\.weight$/.test(weight);
}

/** The linear layers that have an adapter's matrices, by module name. */
export function adaptedModules({ weights }: { readonly weights: ReadonlyMap<string, Variable> }): string[] {
  return [...weights.keys()].flatMap((name) => /^(.*)\.lora_A\.weight$/.exec(name)?.[1] ?? []);
}

/** Whether an adapter keeps a weight as it is: all but the heads' and its own. */
export function frozenByAdapter(config: ModelConfig): (weight: string) => boolean {
  const base = familyOf(config).shapes(config);
  return (weight) => Object.hasOwn(base, weight);
}
