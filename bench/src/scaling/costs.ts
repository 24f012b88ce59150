import { kto } from '@halokit/losses';
import { type ModelConfig, parameterCount, preset } from '@halokit/models';
import {
  estimateRank,
  estimateSteps,
  type Link,
  mostRanks,
  peakResidentBytes,
  type RankEstimate,
  type RankSeconds,
  rankSeconds,
  type StepPasses,
  type TrainingFacts,
} from '@halokit/trainer';

/** The models of the published grid. */
export const models = [
  'pythia-1.4b',
  'pythia-2.8b',
  'pythia-6.9b',
  'pythia-12b',
  'llama-7b',
  'llama-13b',
  'llama-30b',
] as const;

export const rankCounts = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512] as const;

/** Rates of lines, in Gbit/s. */
export const lineRates = [1, 10, 25, 100] as const;

/** What the page supposes of a step, and of the machine of a rank. */
export const supposed = {
  batch: 32,
  tokens: 512,
  prompt: 256,
  /** Examples computed at once, at most: 2,048 tokens. */
  atOnce: 4,
  /** A server's: a processor of 16 to 32 cores. */
  rates: { flopsPerSecond: 2e12, bytesPerSecond: 1e11 },
  latencySeconds: 50e-6,
  /** Of a process before it has loaded a model. */
  residentBytes: 2e8,
} as const;

/** One model on so many ranks. */
export interface Cost {
  readonly ranks: number;
  /** Of the step: the grid's batch, or an example a rank where there are more ranks. */
  readonly batch: number;
  /** Resident bytes of a rank at its peak. */
  readonly memory: { readonly whole: number; readonly sharded: number };
  readonly sentBytes: number;
  /** By the line's rate, in the order of `lineRates`. */
  readonly seconds: readonly RankSeconds[];
}

const known = new Map<string, readonly Cost[]>();

/** What so many ranks cost, in the order of `rankCounts`. */
export function costsOf(name: string): readonly Cost[] {
  const costs = known.get(name) ?? rankCounts.map((ranks) => costOf(preset(name), ranks));
  known.set(name, costs);
  return costs;
}

/** The most ranks that are used to 80 %, on a line of so many Gbit/s. */
export function worthwhile(name: string, gigabits: number): number {
  const config = preset(name);
  return mostRanks((ranks) => secondsOn(config, ranks, gigabits).efficiency.apart, { most: rankCounts.at(-1) });
}

/** Examples that each of so many ranks needs to be used to 80 %, on a line of so many Gbit/s: a power of two. */
export function worthwhileShare(name: string, ranks: number, gigabits: number): number {
  const config = preset(name);
  let examples = 1;
  while (secondsOn(config, ranks, gigabits, examples * ranks).efficiency.apart < 0.8) examples *= 2;
  return examples;
}

/** Bytes of weights and gradients in float32, without which no rank can be. */
export function leastBytes(name: string): number {
  return 8 * parameterCount(preset(name));
}

function costOf(config: ModelConfig, ranks: number): Cost {
  const [whole, sharded] = [false, true].map((shard) => rankOf(config, ranks, shard)) as [RankEstimate, RankEstimate];
  return {
    ranks,
    batch: batchOf(ranks),
    memory: { whole: residentOf(whole), sharded: residentOf(sharded) },
    sentBytes: sharded.early.bytes + sharded.late.bytes,
    seconds: lineRates.map((gigabits) => secondsOn(config, ranks, gigabits)),
  };
}

function secondsOn(config: ModelConfig, ranks: number, gigabits: number, batch = batchOf(ranks)): RankSeconds {
  const { rates, latencySeconds } = supposed;
  const link: Link = { bytesPerSecond: (gigabits * 1e9) / 8, latencySeconds };
  const alone = estimateSteps(factsOf(config), [passesOf(batch)]).work;
  return rankSeconds(rankOf(config, ranks, true, batch), alone, { rates, link });
}

function rankOf(config: ModelConfig, ranks: number, shardOptimizer: boolean, batch = batchOf(ranks)): RankEstimate {
  return estimateRank(factsOf(config), passesOf(batch / ranks), { ranks, shardOptimizer });
}

function residentOf({ memory }: RankEstimate): number {
  return peakResidentBytes(memory.bytes, supposed.residentBytes);
}

function batchOf(ranks: number): number {
  return Math.max(supposed.batch, ranks);
}

/** RMSprop, layers computed again, and a reference that was asked before: the least memory that full training takes. */
function factsOf(config: ModelConfig): TrainingFacts {
  return { config, loss: kto(), slots: 1, copy: false, gradientCheckpointing: true };
}

/** KTO of so many examples: their rows and those of their KL partners without gradient, then the rows with it. */
function passesOf(examples: number): StepPasses {
  const { tokens, prompt, atOnce } = supposed;
  const inPasses = Array.from({ length: Math.ceil(examples / atOnce) }, (_, i) =>
    Math.min(atOnce, examples - i * atOnce),
  );
  const passes = inPasses.map((rows) => ({ rows, tokens, predictions: rows * (tokens - prompt) }));
  return { reference: [], policy: passes, training: passes };
}
