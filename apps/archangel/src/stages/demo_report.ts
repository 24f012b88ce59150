import type { Preference } from '@halokit/data';
import { table, type WinRate } from '@halokit/evaluation';
import { numberInterval, percentInterval } from '../terminal/numbers';
import { judge } from '../world/judge';
import type { Standing } from './compare_models';

/** Two aligned models on the same prompts. */
export interface Duel {
  readonly name: string;
  readonly other: string;
  readonly result: WinRate;
}

/** The demo's findings in words: a table, what it means, and a few answers to read. */
export function demoReport(
  standings: readonly Standing[],
  duels: readonly Duel[],
  pairs: readonly Preference[],
): string {
  const rows = standings.map(({ name, aligned, meanLength }) => [
    name,
    aligned ? percentInterval(aligned.accuracy) : '',
    aligned ? percentInterval(aligned.winRate.rate) : '',
    meanLength.value.toFixed(1),
    aligned ? numberInterval(aligned.kl) : '',
  ]);
  const header = ['', 'reward accuracy', 'win rate over SFT', 'mean length', 'KL to SFT, nats'];
  const verdicts = standings.flatMap(({ name, aligned }) => (aligned ? [finding(name, 'SFT', aligned.winRate)] : []));
  return [
    `On ${pairs.length} held-out prompts, whose templates were never trained on (95 % intervals in brackets):`,
    '',
    table(header, rows),
    '',
    ...verdicts,
    ...duels.map(({ name, other, result }) => finding(name, other, result)),
    '',
    ...pairs.slice(0, 3).map((_, i) => example(standings, pairs, i)),
  ].join('\n');
}

/** A win rate in words, no stronger than its interval allows. */
export function finding(
  name: string,
  other: string,
  { rate, wins, ties, losses }: Pick<WinRate, 'rate' | 'wins' | 'ties' | 'losses'>,
): string {
  const counts = `${wins} won, ${ties} tied, ${losses} lost`;
  if (rate.low > 0.5) return `${name} beats ${other}: ${percentInterval(rate)} (${counts}).`;
  if (rate.high < 0.5)
    return `${name} does not beat ${other}, ${other} beats ${name}: ${percentInterval(rate)} (${counts}).`;
  return `${name} does not beat ${other}, nor ${other} ${name}: ${percentInterval(rate)} (${counts}), no significant difference.`;
}

function example(standings: readonly Standing[], pairs: readonly Preference[], i: number): string {
  const prompt = (pairs[i] as Preference).prompt.map(({ content }) => content).join('\n');
  const width = Math.max(...standings.map(({ name }) => name.length));
  const lines = standings.map(({ name, samples }) => {
    const text = samples[i]?.text.trim() ?? '';
    const failed = judge(prompt, text).reasons.filter(({ passed }) => !passed);
    const faults =
      failed.length === 0 ? 'nothing wrong' : `wrong: ${failed.map(({ criterion }) => criterion).join(', ')}`;
    return `    ${name.padEnd(width)}  ${text}  (${faults})`;
  });
  return [`  ${prompt}`, ...lines].join('\n');
}
