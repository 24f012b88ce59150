import { kto, sft } from '@halokit/losses';
import { preset } from '@halokit/models';
import { expect, test } from 'vitest';
import { estimateSteps } from '../estimate_steps';
import { estimateRank } from './estimate_rank';
import { mostRanks } from './most_ranks';
import { rankSeconds } from './rank_seconds';

const parameters = 70_426_624;
const facts = { config: preset('pythia-70m'), loss: sft(), slots: 2, copy: false };
const pass = (rows: number) => ({ rows, tokens: 512, predictions: rows * 256 });
const share = (rows: number) => ({ reference: [], policy: [], training: [pass(rows)] });
const rates = { flopsPerSecond: 1e12, bytesPerSecond: 5e10 };
const link = { bytesPerSecond: 1.25e9, latencySeconds: 5e-5 };
const alone = estimateSteps(facts, [{ ...share(4), training: [4, 4, 4, 4].map(pass) }]).work;

test('a rank sends 2 (N - 1) / N of the gradients, in a logarithm of messages, sharded or not', () => {
  for (const shardOptimizer of [false, true]) {
    const { early, late } = estimateRank(facts, share(4), { ranks: 4, shardOptimizer });
    // Eight exchanges of 2 numbers of each of 16 rows.
    const small = 8 * 1.5 * 4 * 2 * 16;
    expect(early.bytes + late.bytes - small).toBeCloseTo(1.5 * 4 * parameters, 3);
    expect(late.bytes - small).toBeCloseTo(shardOptimizer ? 0.75 * 4 * parameters : 0, 3);
    // log2 4 = 2 messages each way, of pieces of 4 x 2^21 bytes: vocabulary matrices of 98.25 x 2^20 are 13, and each of six layers
    // has 4 matrices and at most 5 arrays of small tensors between them. As many for a call to begin, of which there are twice as
    // many where parts are summed first and gathered later. All of that for the eight small exchanges too.
    const messages = early.messages + late.messages - 8 * 2 * (2 + 2);
    const calls = shardOptimizer ? 2 : 1;
    expect(messages).toBeGreaterThanOrEqual(4 * (2 * 13 + 6 * 4) + calls * 4 * (2 + 6 * 4));
    expect(messages).toBeLessThanOrEqual(4 * (2 * 13 + 6 * 9) + calls * 4 * (2 + 6 * 9));
  }
});

test('one rank sends nothing, and is what it is alone', () => {
  const all = { ...share(4), training: [4, 4, 4, 4].map(pass) };
  const rank = estimateRank(facts, all, { ranks: 1, shardOptimizer: true });
  expect(rank).toMatchObject({ early: { messages: 0, bytes: 0 }, late: { messages: 0, bytes: 0 }, work: alone });
  expect(rankSeconds(rank, alone, { rates, link })).toMatchObject({
    communication: 0,
    efficiency: { overlapped: 1, apart: 1 },
  });
  expect(() => estimateRank(facts, share(1), { ranks: 0 })).toThrow('ranks is 0');
});

test('sharded state takes a part of its memory and of its time', () => {
  const [whole, sharded] = [false, true].map((shardOptimizer) =>
    estimateRank({ ...facts, loss: kto() }, share(1), { ranks: 8, shardOptimizer }),
  );
  expect(whole?.memory.parts.optimizer).toBe(8 * parameters);
  expect(sharded?.memory.parts.optimizer).toBe(parameters);
  expect(sharded?.memory.moment).toMatch('gradient of the vocabulary');
  expect((whole?.work.bytes as number) - (sharded?.work.bytes as number)).toBeCloseTo((7 / 8) * 8 * 4 * parameters, -1);
  const few = { reference: [], policy: [], training: [{ rows: 1, tokens: 8, predictions: 4 }] };
  const adapter = { rank: 8, dropout: 0 };
  const { memory } = estimateRank({ ...facts, adapter }, few, { ranks: 2, shardOptimizer: true });
  const own = 6 * 8 * (512 + 1536 + (512 + 512) + 2 * (512 + 2048));
  expect(memory.parts.optimizer).toBe(4 * own);
});

test('seconds: by the line’s payload and latency, hidden behind the last backward pass or not', () => {
  const rank = estimateRank(facts, share(4), { ranks: 4 });
  const { communication, step, efficiency, compute } = rankSeconds(rank, alone, { rates, link });
  const line = (1.5 * 4 * parameters * (1538 / 1448)) / 1.25e9;
  const latency = 5e-5 * (rank.early.messages + rank.late.messages);
  expect(communication).toBeCloseTo(line + latency, 4);
  expect(step.apart).toBeCloseTo(compute.likely + communication, 9);
  const backward = ((2 / 3) * rank.work.flops.training) / 0.75 / 1e12;
  expect(step.apart - step.overlapped).toBeCloseTo(Math.min(backward, communication), 1);
  expect(efficiency.overlapped).toBeGreaterThan(efficiency.apart);
  const free = rankSeconds(rank, alone, { rates, link: { bytesPerSecond: 1e18, latencySeconds: 0 } });
  // Every rank updates all weights, which four ranks do four times as often.
  expect(free.efficiency.apart).toBeGreaterThan(0.9);
  expect(free.efficiency.apart).toBeLessThan(1);
});

test('the most ranks that are used well', () => {
  const efficiency = (ranks: number) => 1 / (1 + 0.01 * ranks);
  expect(mostRanks(efficiency)).toBe(16);
  expect(mostRanks(efficiency, { least: 0.5 })).toBe(64);
  expect(mostRanks(() => 1)).toBe(512);
  expect(mostRanks(() => 0)).toBe(1);
});
