import { expect, test } from 'vitest';
import { parameters } from './initial_weights';
import { parameterCount, parseShape, tokensPerStep, usefulFlops } from './shape';

test("the named shapes have as many parameters as Pythia's models", () => {
  // 70,426,624 and 405,334,016 by the checkpoints' own headers.
  expect(parameterCount(parseShape('70m'))).toBe(70_426_624);
  expect(parameterCount(parseShape('410m'))).toBe(405_334_016);
});

test('the count is that of the weights', () => {
  const shape = parseShape('3x128x1000@2x32');
  const sizes = parameters(shape).map((parameter) => parameter.shape.reduce((product, length) => product * length, 1));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(parameterCount(shape));
});

test('a step of the 70m shape needs 284 GFLOP', () => {
  const shape = parseShape('70m');
  expect(tokensPerStep(shape)).toBe(1024);
  expect(usefulFlops(shape)).toBe(6 * (70_426_624 - 50_304 * 512) * 1024 + 12 * 6 * 4 * 256 * 256 * 512);
});

test('a shape may be written out, in part or whole', () => {
  const rest = { layers: 24, width: 256, heads: 4 };
  expect(parseShape('24x256')).toMatchObject({ ...rest, vocabulary: 50304, rows: 4, tokens: 256 });
  expect(parseShape('24x256@1x8')).toMatchObject({ ...rest, vocabulary: 50304, rows: 1, tokens: 8 });
  expect(parseShape('24x256x100@1x8')).toMatchObject({ ...rest, vocabulary: 100, rows: 1, tokens: 8 });
});

test.each(['71m', 'toString', '2x100', '0x64', '2x64@0x4', '2x64x'])('%s is refused', (text) => {
  expect(() => parseShape(text)).toThrow(`--shape ${text} is none of 70m, 410m`);
});
