import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

export interface SamplingOptions {
  /** Divides the logits; 0 (default) takes the likeliest token. */
  readonly temperature?: number;
  /** Draws from the fewest likeliest tokens whose probabilities reach this sum ("nucleus sampling"); default 1. */
  readonly topP?: number;
}

/**
 * One token from its logits: the likeliest, or a draw. Equal logits go to the lower id.
 *
 * Source of top-p: Holtzman et al., "The Curious Case of Neural Text Degeneration".
 */
export function sampleToken(logits: Float32Array, options: SamplingOptions, random: RandomGenerator): number {
  const { temperature = 0, topP = 1 } = options;
  let best = 0;
  for (let id = 1; id < logits.length; id++) if ((logits[id] as number) > (logits[best] as number)) best = id;
  if (temperature === 0) return best;

  const largest = logits[best] as number;
  const weights = Float64Array.from(logits, (logit) => Math.exp((logit - largest) / temperature));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const order = [...weights.keys()];
  if (topP < 1) order.sort((a, b) => (weights[b] as number) - (weights[a] as number) || a - b);
  let nucleus = 0;
  let kept = 0;
  while (kept < order.length && (kept === 0 || nucleus < topP * total))
    nucleus += weights[order[kept++] as number] as number;
  let draw = uniformFloat64(random) * nucleus;
  for (const id of order.slice(0, kept)) {
    draw -= weights[id] as number;
    if (draw < 0) return id;
  }
  return order[kept - 1] as number;
}
