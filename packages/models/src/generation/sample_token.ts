import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { InputError } from '../input_error';
import { fewest } from './fewest';
import { checkSampling, type SamplingOptions } from './sampling_options';

/**
 * One token from its logits: the likeliest, or a draw. Options apply in Transformers' order: repetition penalty, temperature,
 * top-k, top-p. Equal logits go to the lower id, so exactly k tokens are left of top-k.
 *
 * Probabilities are rounded to whole multiples of 2^(b - 53) of the largest one, where the vocabulary has at most 2^b
 * tokens: their sums are exact, so the same draw comes out whatever the order of summation.
 *
 * Source: Keskar et al., "CTRL" (repetition penalty); Fan et al., "Hierarchical Neural Story Generation" (top-k); Holtzman et
 * al., "The Curious Case of Neural Text Degeneration" (top-p); Hugging Face's logits processors for their order and details.
 *
 * @param logits of every token; -Infinity for one that is not to come
 * @param seen ids of the prompt and of what has come since, for the repetition penalty
 * @throws InputError for an option out of its range, or logits of which one is NaN, or none above -Infinity
 * @example
 * const id = sampleToken(logits, { temperature: 0.7, topP: 0.9 }, xoroshiro128plus(1));
 */
export function sampleToken(
  logits: Float32Array,
  options: SamplingOptions,
  random: RandomGenerator,
  seen: Iterable<number> = [],
): number {
  checkSampling(options);
  const { temperature = 0, topK = logits.length, topP = 1, repetitionPenalty = 1 } = options;
  const scores = repetitionPenalty === 1 ? logits : penalized(logits, seen, repetitionPenalty);
  const best = likeliestOf(scores);
  const largest = scores[best] as number;
  if (temperature === 0 || largest === Number.POSITIVE_INFINITY) return best;

  const all = numbersTo(scores.length);
  const top = topK < all.length ? fewest(all, scores, new Float64Array(all.length).fill(1), topK) : all;
  const masses = massesOf(top, scores, largest, temperature);
  if (topP === 1) return draw(masses, random);
  // A sum of whole numbers reaches a number when it reaches the next whole one.
  const enough = Math.ceil(topP * sumOf(masses));
  return draw(only(fewest(all, scores, masses, enough), masses), random);
}

/** The likeliest. @throws InputError for NaN, or nothing above -Infinity */
function likeliestOf(scores: Float32Array): number {
  let best = 0;
  for (let id = 0; id < scores.length; id++) {
    const score = scores[id] as number;
    if (score > (scores[best] as number)) best = id;
    else if (Number.isNaN(score))
      throw new InputError(`The logit of token ${id} is NaN: there is nothing to sample from.`);
  }
  if (scores[best] === Number.NEGATIVE_INFINITY) throw new InputError('Every logit is -Infinity: no token may come.');
  return best;
}

/** What has been seen comes less likely: a positive logit is divided by the penalty, a negative one multiplied. */
function penalized(logits: Float32Array, seen: Iterable<number>, penalty: number): Float32Array {
  const scores = logits.slice();
  for (const id of seen) {
    const logit = logits[id] as number;
    scores[id] = logit < 0 ? logit * penalty : logit / penalty;
  }
  return scores;
}

/** Probabilities of some tokens, in whole multiples of a small one; 0 for the others. */
function massesOf(ids: Int32Array, scores: Float32Array, largest: number, temperature: number): Float64Array {
  const unit = 2 ** (53 - Math.ceil(Math.log2(scores.length)));
  const masses = new Float64Array(scores.length);
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as number;
    masses[id] = Math.round(unit * Math.exp(((scores[id] as number) - largest) / temperature));
  }
  return masses;
}

/** The masses of some tokens, and 0 for the others. */
function only(ids: Int32Array, masses: Float64Array): Float64Array {
  const kept = new Float64Array(masses.length);
  for (const id of ids) kept[id] = masses[id] as number;
  return kept;
}

/** An id by its mass: the first at which the sum of masses passes a random share of all. */
function draw(masses: Float64Array, random: RandomGenerator): number {
  let left = Math.floor(uniformFloat64(random) * sumOf(masses));
  let id = 0;
  for (; left >= (masses[id] as number); id++) left -= masses[id] as number;
  return id;
}

function sumOf(masses: Float64Array): number {
  let sum = 0;
  for (let id = 0; id < masses.length; id++) sum += masses[id] as number;
  return sum;
}

/** 0, 1, ... */
function numbersTo(count: number): Int32Array {
  const numbers = new Int32Array(count);
  for (let i = 0; i < count; i++) numbers[i] = i;
  return numbers;
}
