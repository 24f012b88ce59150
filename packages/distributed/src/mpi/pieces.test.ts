import { expect, test } from 'vitest';
import type { Call } from '../call';
import type { Functions } from './functions';
import { piecesOf } from './pieces';

const functions = Object.fromEntries(
  ['allreduce', 'reduceScatter', 'allgatherv', 'bcast'].map((name) => [name, name]),
) as unknown as Functions;
const handles = {
  type: 'int',
  world: 'world',
  errorsReturn: undefined,
  reductions: { sum: 'sum', max: 'max', min: 'min' },
  inPlace: -1,
  elementsOf: () => 'float',
} as const;

const pieces = (call: Call, widest?: number) => [...piecesOf(call, { rank: 0, size: 2, functions, handles }, widest)];

test('2 MB a rank, and what is left', () => {
  const data = new Float32Array(1 + (3 << 20));
  const cut = pieces({ name: 'allReduce', data, operation: 'sum' });
  expect(cut.map(({ bytes }) => bytes)).toEqual([4 << 20, 4 << 20, 4 << 20, 4]);
  expect(cut.map(({ args }) => (args[1] as Float32Array).byteOffset)).toEqual([0, 4 << 20, 8 << 20, 12 << 20]);
});

test('uneven parts side by side, until the longest is through', () => {
  const counts = [3 << 19, 1 << 18];
  const data = new Float32Array((3 << 19) + (1 << 18));
  const cut = pieces({ name: 'allGather', data, counts });
  expect(cut.map(({ args }) => [...(args[4] as Int32Array)])).toEqual([
    [1 << 19, 1 << 18],
    [1 << 19, 0],
    [1 << 19, 0],
  ]);
});

test('more elements than C counts to, part by part', () => {
  const call: Call = { name: 'allGather', data: new Float32Array(9), counts: [4, 5] };
  expect(pieces(call).map(({ collective }) => collective)).toEqual(['allgatherv']);
  const parts = pieces(call, 8);
  expect(parts.map(({ collective, args }) => [collective, args[1], args[3]])).toEqual([
    ['bcast', 4, 0],
    ['bcast', 5, 1],
  ]);
});

test('nothing asks nothing of MPI', () => {
  expect(pieces({ name: 'barrier' })).toEqual([]);
  expect(pieces({ name: 'reduceScatter', data: new Float32Array(0), counts: [0, 0] })).toEqual([]);
});
