import { expect, test } from 'vitest';
import { runProgram } from '../test/child';

// What concerns a whole process, in one of its own.

test('the resident memory of a run of 200 steps is flat after the first few', async () => {
  const { resident, tensors } = (await runProgram('steady_training')) as { resident: number[]; tensors: number[] };
  expect(new Set(tensors).size).toBe(1);
  const early = Math.max(...resident.slice(3, 20));
  const late = Math.max(...resident.slice(20));
  // JavaScript's own heap breathes; 32 MiB is a fraction of one step's gradients.
  expect(late - early).toBeLessThan(32 << 20);
});

test('garbage collected at any moment takes nothing that native code still reads', async () => {
  const result = (await runProgram('collected_garbage', '--expose-gc')) as { collections: number };
  expect(result).toMatchObject({ wrong: 0, tensors: 0 });
  expect(result.collections).toBeGreaterThan(100);
});

test('a compiled graph keeps no array of one number that it reads', async () => {
  const { array, kept } = (await runProgram('arrays_of_one_number', '--expose-gc')) as { array: number; kept: number };
  // Four graphs, each of which would keep one.
  expect(kept).toBeLessThan(2 * array);
});

test('nothing is written into the home folder: ONNX Runtime collects no telemetry', async () => {
  expect(await runProgram('empty_home')).toEqual({ files: [] });
});
