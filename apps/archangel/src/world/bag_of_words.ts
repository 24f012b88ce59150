import { wordsOf } from './words';

/** A text, or several, with a label to be guessed from its words alone. */
export interface Labelled {
  readonly text: string;
  readonly good: boolean;
}

/**
 * Logistic regression on which words a text holds and how often, trained by full-batch gradient descent with momentum
 * and a little weight decay: the best a rule can do that knows words but not how they relate.
 *
 * @returns a score, larger for texts more like the good ones
 */
export function bagOfWords(examples: readonly Labelled[], rounds = 300): (text: string) => number {
  const places = new Map<string, number>();
  for (const { text } of examples)
    for (const name of featuresOf(text)) if (!places.has(name)) places.set(name, places.size);
  const indices = (text: string) => featuresOf(text).flatMap((name) => places.get(name) ?? []);
  const rows = examples.map(({ text, good }) => ({ indices: indices(text), target: good ? 1 : 0 }));
  const weights = new Float64Array(places.size);
  const velocity = new Float64Array(places.size);
  const score = (row: readonly number[]) => row.reduce((sum, i) => sum + (weights[i] as number), 0);
  for (let round = 0; round < rounds; round++) {
    const gradient = weights.map((weight) => 1e-4 * weight);
    for (const { indices, target } of rows) {
      const error = 1 / (1 + Math.exp(-score(indices))) - target;
      for (const i of indices) gradient[i] = (gradient[i] as number) + error / rows.length;
    }
    for (let i = 0; i < weights.length; i++) {
      velocity[i] = 0.9 * (velocity[i] as number) - 0.2 * (gradient[i] as number);
      weights[i] = (weights[i] as number) + (velocity[i] as number);
    }
  }
  return (text) => score(indices(text));
}

/** Each word once for being there and once for each time it is there, and a constant. */
function featuresOf(text: string): string[] {
  const words = wordsOf(text);
  return ['', ...words, ...[...new Set(words)].map((word) => `has ${word}`)];
}
