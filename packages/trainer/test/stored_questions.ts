import type { TokenRow } from '@halokit/models';
import type { Reference } from '../src';

/** A fingerprint. */
export const storedModel = '0123456789abcdef'.repeat(4);

/** Row i: its prompt and its response begin with i, so no two are alike. */
export function rowOf(i: number): TokenRow {
  return {
    prompt: Int32Array.from({ length: 1 + (i % 3) }, (_, t) => i + t),
    response: Int32Array.from({ length: 1 + (i % 5) }, (_, t) => i + 7 * t),
  };
}

export const storedQuestions = Array.from({ length: 40 }, (_, i) => [rowOf(3 * i), rowOf(3 * i + 1), rowOf(3 * i + 2)]);

/** Says of each token something that depends on its whole row, and tells what it is asked. */
export function madeUpReference(onAsked: (rows: readonly TokenRow[]) => unknown = () => {}): Reference {
  return {
    async logps(rows) {
      await onAsked(rows);
      return rows.map(({ prompt, response }) =>
        Float32Array.from(response, (token, t) => -(1000 * token + 10 * t + prompt.length) / 3),
      );
    },
  };
}
