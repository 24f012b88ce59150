import { expect, test } from 'vitest';
import { missing, onRanks } from '../../test/on_ranks';
import type { RanksOutcome } from '../../test/ranks_program';

const cases = ['kto neox-parallel', 'kto llama-gqa', 'dpo llama-mha', 'dpo neox-sequential', 'sft llama-tied'];
const reason = missing('openmpi') ?? missing('mpich');

/** The largest difference of any step's loss, and of its gradient's norm as a share. */
function distance(a: RanksOutcome, b: RanksOutcome): number {
  const norms = a.norms.map((norm, i) => Math.abs(norm - (b.norms[i] as number)) / norm);
  return Math.max(...a.losses.map((loss, i) => Math.abs(loss - (b.losses[i] as number))), ...norms);
}

test.skipIf(reason)(
  `50 steps on 1, 2 and 4 ranks of MPI are those of a process alone${reason ? `: ${reason}` : ''}`,
  async () => {
    const alone = await onRanks({ cases });
    const jobs = [
      { launcher: 'openmpi', size: 1 },
      { launcher: 'openmpi', size: 2 },
      { launcher: 'openmpi', size: 4 },
      { launcher: 'openmpi', size: 4, sharded: true },
      { launcher: 'mpich', size: 2 },
      { launcher: 'mpich', size: 2, sharded: true },
    ] as const;
    for (const job of jobs) {
      const outcomes = await onRanks({ ...job, cases });
      outcomes.forEach((outcome, i) => {
        expect(outcome).toMatchObject({ size: job.size, alike: true, leaked: 0 });
        expect(outcome.losses).toHaveLength(50);
        const apart = distance(outcome, alone[i] as RanksOutcome);
        console.log(job, outcome.name, apart);
        expect(apart, `${JSON.stringify(job)} ${outcome.name}`).toBeLessThan(2e-4);
      });
    }
  },
);

test.skipIf(reason)('as many ranks give the same bits in every run', async () => {
  const run = async () => (await onRanks({ launcher: 'openmpi', size: 2, cases })).map(({ weights }) => weights);
  expect(await run()).toEqual(await run());
});
