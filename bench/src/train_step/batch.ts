import { type Shape, tokensPerStep } from './shape';

/** A prime: its multiples visit every word of a vocabulary before one comes again. */
const stride = 7919;

export interface Batch {
  readonly ids: Int32Array;
  readonly labels: Int32Array;
}

/** The tokens of one step and the one after each, different in every step, as in real training. `peer.py` has the same. */
export function batch(shape: Shape, step: number): Batch {
  const size = tokensPerStep(shape);
  const word = (i: number) => ((step * size + i) * stride) % shape.vocabulary;
  const indices = [...Array(size).keys()];
  return {
    ids: Int32Array.from(indices, word),
    labels: Int32Array.from(indices, (i) => word(i + 1)),
  };
}
