import { table } from '@halokit/evaluation';
import { digits, gigabytes, spread } from '../numbers';
import { median, ratioByRound, type Summary, summary } from '../statistics';
import { type Circumstances, closingParts } from '../train_step/report';
import type { Shape } from '../train_step/shape';
import type { Run } from './run_program';

/** All programs, once each, next to each other in time. */
export interface Round {
  readonly ours: Run;
  /** One for each of `Results.peers`. */
  readonly peers: readonly Run[];
}

export interface Results extends Circumstances {
  readonly date: string;
  readonly backend: string;
  readonly shape: Shape;
  readonly newTokens: number;
  /** PyTorch in its settings. */
  readonly peers: readonly string[];
  readonly rounds: readonly Round[];
}

/** What other programs may take of the processor before the report warns of it. */
const quiet = 0.05;

/** The results as a person reads them. */
export function report(results: Results): string {
  const { shape, newTokens, backend, rounds, peers } = results;
  const ours = rounds.map((round) => round.ours);
  const rows = [row(`halokit, ${backend}`, ours, results)];
  peers.forEach((name, i) => {
    rows.push(row(name, peerRuns(rounds, i), results));
  });
  const size = `${shape.layers} layers, width ${shape.width}, vocabulary ${shape.vocabulary}`;
  const lines = [
    `${shape.name} (${size}), ${shape.rows} prompts of ${shape.tokens} tokens, ${newTokens} new tokens each, greedy`,
    `${rounds.length} rounds of ${ours[0]?.timed.length} timed generations; median (least to greatest).`,
    '',
    table(['', 'tokens/s', 'ms a step', 'peak memory'], rows),
    '',
  ];
  peers.forEach((name, i) => {
    lines.push(`${name}: ${spread(speedRatio(rounds, i))} times halokit's time, by round.`);
  });
  const { floor, times } = timesTheFloor(results);
  lines.push(
    `A step is ${spread(times)} times what reading the weights once takes, ${digits(1000 * floor)} ms at best.`,
  );
  const others = Math.max(...rounds.flatMap((round) => [round.ours, ...round.peers]).map((run) => run.othersShare));
  if (others > quiet)
    lines.push(
      `Other programs took up to ${(100 * others).toFixed(0)} % of the processor during a run: measure again on a quiet machine.`,
    );
  return [lines.join('\n'), ...closingParts(results, 'fastest generation, s')].join('\n\n');
}

function row(name: string, runs: readonly Run[], { shape, newTokens }: Results): string[] {
  const times = runs.flatMap(seconds);
  const tokens = shape.rows * newTokens;
  const rates = summary(times.map((time) => tokens / time));
  const steps = summary(times.map((time) => (1000 * time) / newTokens));
  return [name, spread(rates), spread(steps), gigabytes(Math.max(...runs.map(({ end }) => end.peakBytes)))];
}

/** How many times as long a peer takes, by round. */
export function speedRatio(rounds: readonly Round[], peer: number): Summary {
  return ratioByRound(
    rounds.map(({ ours }) => seconds(ours)),
    peerRuns(rounds, peer).map(seconds),
  );
}

/** The least time of all rounds that reading takes, and each round's step as a multiple of its own. */
export function timesTheFloor({ rounds, newTokens }: Results): { floor: number; times: Summary } {
  const floors = rounds.map(({ ours }) => ours.end.floorSeconds ?? Number.NaN);
  const times = rounds.map(({ ours }, i) => median(seconds(ours)) / newTokens / (floors[i] as number));
  return { floor: Math.min(...floors), times: summary(times) };
}

function peerRuns(rounds: readonly Round[], peer: number): Run[] {
  return rounds.map(({ peers }) => peers[peer] as Run);
}

function seconds({ timed }: Run): number[] {
  return timed.map((generation) => generation.seconds);
}
