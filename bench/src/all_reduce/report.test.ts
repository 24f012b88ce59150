import { expect, test } from 'vitest';
import { report } from './report';

const outcome = (library: string, ...seconds: number[][]) => ({ library, ranks: 2, seconds });

test('a row a size, with the ratio within each round; without the peer, ours alone', () => {
  const ours = [outcome('Open MPI v4.1.4', [0.1, 0.2, 0.1]), outcome('Open MPI v4.1.4', [0.2])];
  const peers = [outcome('mpi4py 3.1.4', [0.2]), outcome('mpi4py 3.1.4', [0.1])];
  const text = report({
    date: '',
    machine: { cpu: 'a processor', cores: 2, memoryBytes: 1, system: 'linux', features: [] },
    measures: [{ bytes: 280_000_000, calls: 1, times: 3 }],
    measured: [
      { family: 'Open MPI', ranks: 2, ours, peers },
      { family: 'MPICH', ranks: 2, ours, peers: [] },
    ],
  });
  expect(text).toContain('on 2 ranks of one machine (Open MPI v4.1.4; mpi4py 3.1.4)');
  // Twice as long in the one round, half as long in the other.
  expect(text).toMatch(/280 MB +150 \(100 to 200\) +150 \(100 to 200\) +1\.25 \(0\.500 to 2\.00\)/);
  expect(text).toContain('Python has no mpi4py built for MPICH');
});
