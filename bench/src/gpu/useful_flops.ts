import type { Row, Size, StepRows } from '../alignment/protocol';

/**
 * Arithmetic of a forward pass over a row, in floating-point operations: 2 for each weight of the layers' matrices and token,
 * 2 for each number of the vocabulary matrix and token of the response, and 4 x layers x width for each pair of positions in
 * attention (hidden ones too).
 */
export function forwardFlops({ layers, width, vocabulary }: Size, [prompt, response]: Row): number {
  const tokens = prompt.length + response.length;
  const linear = 2 * layers * 12 * width ** 2 * tokens;
  return linear + 2 * vocabulary * width * response.length + 4 * layers * width * tokens ** 2;
}

/**
 * What a step of KTO cannot do without: a forward pass by the reference over rows and KL rows, one by the policy over the KL rows,
 * and a forward and a backward pass (three times the arithmetic) over the rows. Padding, and logits of prompts, are no part of it.
 */
export function usefulFlops(size: Size, { rows, kl }: StepRows): number {
  const sum = (some: readonly Row[]) => some.reduce((total, row) => total + forwardFlops(size, row), 0);
  return (3 + 1) * sum(rows) + 2 * sum(kl);
}

/** Tokens of the rows of a step, KL rows apart. */
export function tokensOf({ rows }: StepRows): number {
  return rows.reduce((sum, [prompt, response]) => sum + prompt.length + response.length, 0);
}
