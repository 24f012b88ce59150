import { expect, test } from 'vitest';
import { report } from './report';
import { timed } from './timed';

test('the ratio is within each round', () => {
  const outcome = (ranks: number, seconds: number, spent: number) => ({
    ...{ ranks, seconds: [seconds, seconds], losses: [1, 1], communication: [spent, spent], peakBytes: 2e9 },
  });
  const text = report({
    ...{ date: '', family: 'Open MPI', ranks: 2 },
    machine: { cpu: 'a processor', cores: 2, memoryBytes: 1, system: 'linux', features: [] },
    rounds: [
      { alone: outcome(1, 4, 0), together: outcome(2, 2, 0.2) },
      { alone: outcome(1, 4, 0), together: outcome(2, 2.5, 0.25) },
      { alone: outcome(1, 5, 0), together: outcome(2, 2.5, 0.25) },
    ],
  });
  expect(text).toContain('Steps a second: 2.00 (1.60 to 2.00) times');
  expect(text).toMatch(/2 +2\.50 \(2\.00 to 2\.50\) +10 % +2\.00 GB/);
});

test('calls at the same time are counted once', async () => {
  const wait = () => new Promise<void>((resolve) => setTimeout(resolve, 20));
  const calls = {
    rank: 0,
    size: 1,
    sameHost: true,
    allReduce: wait,
    reduceScatter: wait,
    allGather: wait,
    broadcast: wait,
    barrier: wait,
  };
  const [communicator, spent] = timed({ ...calls, abort: () => {} });
  await Promise.all([communicator.barrier(), communicator.allReduce(new Float32Array(1))]);
  const both = spent();
  expect(both).toBeGreaterThanOrEqual(19);
  await Promise.all([wait(), wait()]);
  expect(spent()).toBe(both);
});
