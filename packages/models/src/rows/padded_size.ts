/**
 * The size that so many tokens are padded to: a multiple of the largest power of two that is at most an eighth of them,
 * and of 4. Rows of all lengths then share few sizes, each of which is compiled once, for at most an eighth more tokens.
 */
export function paddedSize(tokens: number): number {
  const step = Math.max(4, 2 ** Math.floor(Math.log2(tokens / 8)));
  return Math.ceil(tokens / step) * step;
}
