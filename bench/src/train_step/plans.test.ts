import { afterEach, expect, test, vi } from 'vitest';
import { chosenPlans } from './plans';
import { pythia70m } from './shape';

const backend = 'onnxruntime';
const main = { shape: { name: 'main', ...pythia70m, rows: 4, tokens: 256 }, rounds: 5, steps: 5 };
const large = { shape: { ...main.shape, name: 'large' }, rounds: 2, steps: 3 };
const huge = { shape: { ...main.shape, name: 'huge', width: 1 << 20 }, rounds: 2, steps: 3 };

afterEach(() => {
  vi.restoreAllMocks();
});

test('a large shape is measured no longer than its bench says', () => {
  expect(chosenPlans([main, large], { backend })).toEqual([main, large]);
  expect(chosenPlans([main, large], { backend, rounds: 9, steps: 1 })).toEqual([
    { ...main, rounds: 9, steps: 1 },
    { ...large, steps: 1 },
  ]);
});

test('a shape is measured as long as was asked, in the length of the main one where nothing was', () => {
  expect(chosenPlans([main, large], { backend, shapes: ['large'], steps: 7 })).toEqual([
    { shape: large.shape, rounds: 5, steps: 7 },
  ]);
});

test('a shape that memory is too short for is left out, with a word, unless it was asked for', () => {
  const said = vi.spyOn(console, 'error').mockReturnValue();
  expect(chosenPlans([main, huge], { backend })).toEqual([main]);
  expect(said).toHaveBeenCalledWith(expect.stringMatching(/^huge is left out: it wants [\d.]+ GB of memory\.$/));
  expect(chosenPlans([main, huge], { backend, shapes: ['huge'] })).toHaveLength(1);
});
