import type { Product, Size } from './protocol';

/** Tokens that go through the layers together, those of them that are predicted, and how the rows they come from are cut. */
const [tokens, predictions, length] = [2048, 512, 256];

/** Rows and columns of the square matrices that show what a device can do; a small model's are small. */
function squareOf(width: number): number {
  return Math.min(4096, 4 * width);
}

/** The products of a step, by the names of the layers that they are in, and square ones. */
export function productsOf({ width, heads, vocabulary }: Size): Product[] {
  const batch = (tokens / length) * heads;
  const headSize = width / heads;
  const square = squareOf(width);
  const one = { batch: 1 };
  return [
    { name: 'query, key, value', ...one, m: tokens, k: width, n: 3 * width, transposeB: true },
    { name: 'attention, output', ...one, m: tokens, k: width, n: width, transposeB: true },
    { name: 'MLP, up', ...one, m: tokens, k: width, n: 4 * width, transposeB: true },
    { name: 'MLP, down', ...one, m: tokens, k: 4 * width, n: width, transposeB: true },
    { name: 'gradient of the states', ...one, m: tokens, k: 4 * width, n: width },
    { name: 'gradient of the weights', ...one, m: 4 * width, k: tokens, n: width, transposeA: true },
    { name: 'vocabulary', ...one, m: predictions, k: width, n: vocabulary, transposeB: true },
    { name: 'attention, scores', batch, m: length, k: headSize, n: length, transposeB: true },
    { name: 'attention, mixture', batch, m: length, k: length, n: headSize },
    { name: 'square', ...one, m: square, k: square, n: square },
  ];
}

export function flopsOf({ batch, m, k, n }: Product): number {
  return 2 * batch * m * k * n;
}
