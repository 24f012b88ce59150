import type { TokenizedBinary, TokenizedDemonstration, TokenizedPreference } from '@halokit/data';

/** Tokenized examples of one kind of feedback: what a loss of that kind trains on. */
export type Dataset =
  | { readonly feedback: 'demonstrations'; readonly examples: readonly TokenizedDemonstration[] }
  | BinaryDataset
  | { readonly feedback: 'preferences'; readonly examples: readonly TokenizedPreference[] };

interface BinaryDataset {
  readonly feedback: 'binary';
  readonly examples: readonly TokenizedBinary[];
  /** Every prompt ends in the token that names its example's class: `tokenizeBinary` was given `controlTokens`. */
  readonly controlTokens?: boolean;
}

/** Tokens of the longest row of each example: what it costs to compute, and what it is sorted by inside a batch. */
export function rowLengths(dataset: Dataset): number[] {
  if (dataset.feedback === 'preferences') {
    return dataset.examples.map((e) => e.prompt.length + Math.max(e.chosen.length, e.rejected.length));
  }
  return dataset.examples.map((e) => e.prompt.length + e.response.length);
}

/** One key per example, equal where the prompts are equal, token for token. */
export function promptKeys({ examples }: { readonly examples: readonly { prompt: Int32Array }[] }): string[] {
  return examples.map(({ prompt }) => prompt.join(' '));
}

/**
 * A SHA-256 over every token and label, in order, as 64 hexadecimal digits: equal exactly when the examples are.
 * Plans, cached log-probabilities and checkpoints carry it, so that none is used with other data.
 */
export async function datasetFingerprint(dataset: Dataset): Promise<string> {
  const pieces = [new TextEncoder().encode(dataset.feedback)];
  const push = (ids: Int32Array) => {
    pieces.push(bytesOf(Int32Array.of(ids.length)), bytesOf(ids));
  };
  for (const example of dataset.examples) {
    push(example.prompt);
    if ('chosen' in example) {
      push(example.chosen);
      push(example.rejected);
      if (example.margin !== undefined) pieces.push(new Uint8Array(Float64Array.of(example.margin).buffer));
    } else {
      push(example.response);
      if ('desirable' in example) push(Int32Array.of(example.desirable ? 1 : 0));
    }
  }
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let offset = 0;
  for (const piece of pieces) {
    bytes.set(piece, offset);
    offset += piece.length;
  }
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function bytesOf(ids: Int32Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(ids.slice().buffer);
}
