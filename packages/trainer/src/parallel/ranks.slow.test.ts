import { expect, test, vi } from 'vitest';
import { missing, onRanks, type RanksJob } from '../../test/on_ranks';
import type { RankMemory } from '../../test/ranks_memory';
import type { RanksOutcome } from '../../test/ranks_program';

// Ranks that wait for each other would do so for ever.
vi.setConfig({ testTimeout: 600_000 });

const cases = ['kto neox-parallel', 'dpo llama-gqa', 'sft llama-tied'];
const reason = missing('openmpi') ?? missing('mpich');
const skipped = reason ? ` (skipped: ${reason})` : '';

interface StepsJob extends RanksJob {
  readonly sharded?: boolean;
}

const steps = ({ sharded, ...job }: StepsJob) =>
  onRanks<RanksOutcome>('ranks_program.ts', job, [cases.join(), ...(sharded ? ['sharded'] : [])]);

/** The largest difference of any step's loss, and of its gradient's norm as a share. */
function distance(a: RanksOutcome, b: RanksOutcome): number {
  const norms = a.norms.map((norm, i) => Math.abs(norm - (b.norms[i] as number)) / norm);
  return Math.max(...a.losses.map((loss, i) => Math.abs(loss - (b.losses[i] as number))), ...norms);
}

test.skipIf(reason)(
  `50 steps on 1, 2 and 4 ranks of MPI are those of a process alone, and the same bits again on as many${skipped}`,
  async () => {
    const alone = await steps({});
    const weights: string[][] = [];
    const jobs: StepsJob[] = [
      { launcher: 'openmpi', size: 2 },
      { launcher: 'openmpi', size: 2 },
      { launcher: 'openmpi', size: 4, sharded: true },
      { launcher: 'mpich', size: 1, sharded: true },
      { launcher: 'mpich', size: 4 },
    ];
    for (const job of jobs) {
      const outcomes = await steps(job);
      expect(outcomes).toHaveLength(cases.length);
      weights.push(outcomes.map((outcome) => outcome.weights));
      for (const [i, outcome] of outcomes.entries()) {
        expect(outcome).toMatchObject({ size: job.size, alike: true, leaked: 0 });
        expect(outcome.losses).toHaveLength(50);
        expect(distance(outcome, alone[i] as RanksOutcome), `${outcome.name} of ${JSON.stringify(job)}`).toBeLessThan(
          2e-5,
        );
      }
    }
    expect(weights[1]).toEqual(weights[0]);
  },
);

test.skipIf(reason)(`divided state takes the memory that it says${skipped}`, async () => {
  const memory = (job: RanksJob, how: string[]) => onRanks<RankMemory>('ranks_memory.ts', job, how);
  const [alone] = (await memory({}, [])) as [RankMemory];
  const { parameters } = alone;
  expect(alone.stateBytes).toBe(8 * parameters);
  const said = [tell('alone', [alone])];
  for (const size of [2, 4]) {
    const divided = await memory({ launcher: 'openmpi', size }, ['sharded']);
    expect(divided).toHaveLength(size);
    expect(divided.reduce((sum, { stateBytes }) => sum + stateBytes, 0)).toBe(8 * parameters);
    // A rank's parts are alike but for an element a bucket.
    expect(most(divided, 'stateBytes')).toBeLessThan((8 * parameters) / size + 1000);
    const saved = alone.tensorBytes - most(divided, 'tensorBytes');
    expect(saved).toBeGreaterThan(0.8 * 8 * parameters * (1 - 1 / size));
    for (const { losses } of divided) {
      for (const [i, loss] of losses.entries()) expect(Math.abs(loss - (alone.losses[i] as number))).toBeLessThan(2e-5);
    }
    said.push(tell(`${size} ranks, state divided`, divided));
  }
  console.log(said.join('\n'));
});

type Bytes = 'stateBytes' | 'tensorBytes' | 'residentBytes';

/** Of the rank that has most. */
function most(ranks: readonly RankMemory[], what: Bytes): number {
  return Math.max(...ranks.map((rank) => rank[what]));
}

function tell(how: string, ranks: readonly RankMemory[]): string {
  const megabytes = (what: Bytes) => `${(most(ranks, what) / 1e6).toFixed(0)} MB`;
  return `${how}: state ${megabytes('stateBytes')}, tensors ${megabytes('tensorBytes')}, resident ${megabytes('residentBytes')}`;
}
