import { expect, test } from 'vitest';
import { loadTrainConfig } from '../config/load_config';
import { recipeOf, scheduleOf } from './recipe';

async function recipe(...flags: string[]) {
  const { config } = await loadTrainConfig(['--method', 'kto', '--data', 'thumbs.jsonl', ...flags]);
  return recipeOf(config, config, false);
}

test('so many examples are as many batches as hold them, and fewer updates if these are asked for', async () => {
  expect((await recipe('--examples', '100', '--batch-size', '32')).maxSteps).toBe(4);
  expect((await recipe('--examples', '100', '--batch-size', '32', '--max-steps', '3')).maxSteps).toBe(3);
  expect((await recipe()).maxSteps).toBeUndefined();
});

test.each([
  ['constant', 1, 1],
  ['linear', 3 / 4, 1 / 8],
  ['cosine', 0.8535533905932737, 0.03806023374435663],
] as const)('%s: a quarter and seven eighths of the way', async (schedule, quarter, late) => {
  const rate = scheduleOf(await recipe('--schedule', schedule, '--warmup-steps', '0'), 8);
  expect(rate(2, 8)).toBeCloseTo(quarter, 12);
  expect(rate(7, 8)).toBeCloseTo(late, 12);
});
