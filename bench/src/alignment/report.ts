import { table } from '@halokit/evaluation';
import { digits, gigabytes, spread } from '../numbers';
import { type Summary, summary } from '../statistics';
import { type Circumstances, closingParts } from '../train_step/report';
import type { ComputedTokens } from './computed_tokens';
import type { Method, Size, Step } from './protocol';
import type { Run } from './run_program';

/** All programs, once each, next to each other in time. */
export interface Round {
  readonly ours: Run;
  readonly peers: readonly Peer[];
}

export interface Peer {
  /** Rows that it computes at once. */
  readonly microbatchRows: number;
  readonly run: Run;
}

/** One method on one model. */
export interface Measured {
  readonly method: Method;
  readonly size: Size;
  readonly rounds: readonly Round[];
  /** Tokens of the rows of each step, as they come. */
  readonly tokens: readonly number[];
  readonly epoch: ComputedTokens;
}

/** Steps of more answers, by themselves. */
export interface Scaled {
  readonly answers: number;
  readonly tokens: number;
  readonly seconds: number;
}

export interface Results extends Circumstances {
  readonly date: string;
  readonly measured: readonly Measured[];
  readonly scaled: readonly Scaled[];
}

/** What other programs may take of the processor before the report warns of it. */
const quiet = 0.05;

/** The results as a person reads them. */
export function report(results: Results): string {
  const { measured, scaled } = results;
  return [...measured.map(part), ...(scaled.length > 1 ? [scaledPart(scaled)] : []), ...closingParts(results)].join(
    '\n\n',
  );
}

function part(measured: Measured): string {
  const { method, size, rounds, tokens, epoch } = measured;
  const ours = rounds.map((round) => round.ours);
  const perStep = sum(timed(tokens)) / timed(tokens).length;
  const row = (name: string, runs: readonly (readonly Step[])[], peak: readonly Run[]) => {
    const seconds = summary(runs.map((steps) => mean(timed(steps).map((step) => step.seconds))));
    return [name, spread(seconds), digits(perStep / seconds.median), gigabytes(mostBytes(peak))];
  };
  const rows = [
    row(
      'halokit',
      ours.map(({ steps }) => steps),
      ours,
    ),
    row(
      'halokit, reference known',
      ours.map(({ cached }) => cached),
      ours,
    ),
  ];
  for (const microbatchRows of microbatches(rounds)) {
    const runs = runsAt(rounds, microbatchRows);
    rows.push(
      row(
        `PyTorch, ${microbatchRows} rows at once`,
        runs.map(({ steps }) => steps),
        runs,
      ),
    );
  }
  const lines = [
    `${method.toUpperCase()} on ${size.name}: steps of ${digits(perStep)} tokens on average, rounds: ${rounds.length}; median (least to greatest)`,
    '',
    table(['', 'seconds a step', 'tokens/s', 'peak memory'], rows),
    '',
  ];
  const { ratio, fastest } = peerRatio(rounds) ?? {};
  if (ratio && fastest) {
    lines.push(
      `PyTorch at its fastest (${fastest.join(', ')} rows at once): ${spread(ratio)} times halokit's time, by round.`,
    );
    const largest = microbatches(rounds).at(-1) as number;
    const share = mostBytes(ours) / mostBytes(runsAt(rounds, largest));
    lines.push(`Memory: ${digits(share)} of PyTorch's with ${largest} rows at once.`);
  }
  lines.push(
    `With the reference's answers known a step takes ${spread(cachedShare(rounds))} of the time.`,
    `Of the epoch's computed tokens ${percent(epoch.padding)} are padding; its ${epoch.passes} training passes have ${epoch.shapes} sizes.`,
    `Outside of the engine, recording included: ${percent(outsideShare(ours))} of a step. ${compiled(ours)}`,
  );
  const others = Math.max(
    ...rounds.flatMap(({ ours, peers }) => [ours, ...peers.map(({ run }) => run)]).map((run) => run.othersShare),
  );
  if (others > quiet) {
    lines.push(
      `Other programs took up to ${percent(others)} of the processor during a run: measure again on a quiet machine.`,
    );
  }
  return lines.join('\n');
}

/** How many times as long the peer takes at its fastest, round by round. */
export function peerRatio(rounds: readonly Round[]): { ratio: Summary; fastest: number[] } | undefined {
  if (rounds.some(({ peers }) => peers.length === 0)) return undefined;
  const best = rounds.map(({ peers }) => peers.reduce((a, b) => (total(b.run.steps) < total(a.run.steps) ? b : a)));
  const ratios = rounds.map(({ ours }, i) => total((best[i] as Peer).run.steps) / total(ours.steps));
  return { ratio: summary(ratios), fastest: [...new Set(best.map(({ microbatchRows }) => microbatchRows))] };
}

/** Time of steps whose reference is known, as a share of the same steps' when it was asked. */
export function cachedShare(rounds: readonly Round[]): Summary {
  return summary(rounds.map(({ ours }) => total(ours.cached) / total(ours.steps)));
}

/** Share of the timed steps that is not spent in the engine. */
export function outsideShare(runs: readonly Run[]): number {
  const steps = runs.flatMap((run) => [...timed(run.steps), ...timed(run.cached)]);
  return (
    1 - sum(steps.map(({ engineSeconds = Number.NaN }) => engineSeconds)) / sum(steps.map(({ seconds }) => seconds))
  );
}

function compiled(runs: readonly Run[]): string {
  const { engine, steps } = { ...runs.at(-1)?.end, steps: runs.at(-1)?.steps ?? [] };
  if (!engine) return '';
  return `A run of 2 x ${steps.length} steps compiled ${engine.compiles} graphs, in ${digits(engine.compileMs / 1000)} s.`;
}

function scaledPart(scaled: readonly Scaled[]): string {
  const rows = scaled.map(({ answers, tokens, seconds }) => [
    String(answers),
    digits(tokens),
    digits(seconds),
    digits((1e6 * seconds) / tokens),
  ]);
  return `A step of more answers\n\n${table(['answers', 'tokens', 'seconds', 'microseconds a token'], rows)}`;
}

/** All but the first, which compiles. */
export function timed<T>(steps: readonly T[]): readonly T[] {
  return steps.slice(1);
}

function total(steps: readonly Step[]): number {
  return sum(timed(steps).map(({ seconds }) => seconds));
}

function microbatches(rounds: readonly Round[]): number[] {
  return (rounds[0]?.peers ?? []).map(({ microbatchRows }) => microbatchRows);
}

function runsAt(rounds: readonly Round[], microbatchRows: number): Run[] {
  return rounds.flatMap(({ peers }) =>
    peers.filter((peer) => peer.microbatchRows === microbatchRows).map(({ run }) => run),
  );
}

function mostBytes(runs: readonly Run[]): number {
  return Math.max(...runs.map(({ end }) => end.peakBytes));
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
