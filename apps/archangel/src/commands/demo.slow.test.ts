import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LossName } from '@halokit/losses';
import { expect, test } from 'vitest';
import { archangel } from '../../test/archangel';
import type { Standing } from '../stages/compare_models';

/** Runs the demo as a person does, in a process of its own, and reads its report. */
async function demo(...args: string[]): Promise<readonly Standing[]> {
  const out = join(await mkdtemp(join(tmpdir(), 'demo-')), 'run');
  const { status, text } = await archangel('demo', '--out', out, ...args).ended;
  expect(status, text).toBe(0);
  return JSON.parse(await readFile(join(out, 'report.json'), 'utf8')).standings;
}

test.concurrent.each([1, 2, 3, 4, 5])(
  'with seed %d both aligned models beat SFT: the lower bound of the win rate is above one half',
  { timeout: 30 * 60_000 },
  async (seed) => {
    for (const { name, aligned } of await demo('--seed', String(seed))) {
      if (aligned) expect(aligned.winRate.rate.low, name).toBeGreaterThan(0.5);
    }
  },
);

// One that learns from demonstrations, one with a value head, one with state, one without a reference, one that needs whole batches,
// one that needs groups of answers. That every loss trains, train_every_loss.slow.test.ts says.
const others: readonly LossName[] = ['csft', 'ppo', 'bco', 'simpo', 'ktoSimple', 'grpo'];

test.each(others)('%s can be compared in the demo', async (name) => {
  const few = ['--sft-steps', '3', '--align-steps', '1', '--prompts', '8'];
  expect(await demo('--loss', name, ...few)).toHaveLength(4);
});
