import { expect, test } from 'vitest';
import { parameters } from './initial_weights';
import { parameterCount, parseShape, pythia70m, pythia410m, type Shape, tokensPerStep, usefulFlops } from './shape';

const small: Shape = { name: '70m', ...pythia70m, rows: 4, tokens: 256 };
const large: Shape = { name: '410m', ...pythia410m, rows: 8, tokens: 256, microbatchRows: 2 };
const parse = (text: string) => parseShape(text, [small, large]);

test("the sizes have as many parameters as Pythia's models", () => {
  // 70,426,624 and 405,334,016 by the checkpoints' own headers.
  expect(parameterCount(small)).toBe(70_426_624);
  expect(parameterCount(large)).toBe(405_334_016);
});

test('the count is that of the weights', () => {
  const shape = parse('3x128x1000@2x32');
  const sizes = parameters(shape).map((parameter) => parameter.shape.reduce((product, length) => product * length, 1));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(parameterCount(shape));
});

test('a step of the 70m shape needs 284 GFLOP', () => {
  expect(tokensPerStep(small)).toBe(1024);
  expect(usefulFlops(small)).toBe(6 * (70_426_624 - 50_304 * 512) * 1024 + 12 * 6 * 4 * 256 * 256 * 512);
});

test('a shape has a name, or is written out, in part or whole', () => {
  const rest = { layers: 24, width: 256, heads: 4 };
  expect(parse('410m')).toBe(large);
  expect(parse('24x256')).toMatchObject({ ...rest, vocabulary: 50304, rows: 4, tokens: 256 });
  expect(parse('24x256')).not.toHaveProperty('microbatchRows');
  expect(parse('24x256@1x8')).toMatchObject({ ...rest, vocabulary: 50304, rows: 1, tokens: 8 });
  expect(parse('24x256x100@1x8')).toMatchObject({ ...rest, vocabulary: 100, rows: 1, tokens: 8 });
  expect(parse('24x256@8x16/2')).toMatchObject({ ...rest, vocabulary: 50304, rows: 8, tokens: 16, microbatchRows: 2 });
});

test.each(['71m', 'toString', '2x100', '0x64', '2x64@0x4', '2x64x', '2x64/2', '2x64@4x8/0', '2x64@4x8/'])(
  '%s is refused',
  (text) => {
    expect(() => parse(text)).toThrow(`--shape ${text} is none of 70m, 410m`);
  },
);

test('a microbatch has no more rows than the step', () => {
  expect(() => parse('2x64@4x8/5')).toThrow('--shape 2x64@4x8/5 has microbatches of 5 rows, but only 4 rows a step.');
});
