import { expect, test } from 'vitest';
import { parseOptions } from './options';

test('what is not said is left open, but the backend', () => {
  expect(parseOptions([])).toEqual({ names: [], help: false, backend: 'onnxruntime' });
});

test('every option is read', () => {
  const line = 'native_engine --rounds 2 --steps 3 --shape 70m,24x256 --backend wasm --python p --json f.json';
  expect(parseOptions(line.split(' '))).toEqual({
    names: ['native_engine'],
    help: false,
    rounds: 2,
    steps: 3,
    shapes: ['70m', '24x256'],
    backend: 'wasm',
    python: 'p',
    json: 'f.json',
  });
});

test.each([
  [['--round', '2'], "Unknown option '--round'"],
  [['--rounds', '0'], '--rounds 0 is not a whole number above 0'],
  [['--steps', 'many'], '--steps many is not'],
])('%j is refused in words', (args, words) => {
  expect(() => parseOptions(args)).toThrow(words);
});
