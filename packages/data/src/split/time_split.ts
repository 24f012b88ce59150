import type { Prompt } from '../feedback';
import { InputError } from '../input_error';
import { instantOf } from '../record/instant';
import { shown } from '../row';
import type { Tally } from '../tally';
import { promptIdentity } from './prompt_hash';

/** Where to cut: at an instant (ISO 8601 text, a Date, seconds or milliseconds since 1970), or before the latest share. */
export type TimeCut = { readonly at: string | number | Date } | { readonly share: number };

export interface TimeSplit<T> {
  readonly train: readonly T[];
  readonly heldOut: readonly T[];
  /** The instant of the cut, in milliseconds since 1970: what is at it or later is later. */
  readonly cut: number;
}

/**
 * Trains on the past and holds out the future, no prompt on both sides (as `splitByPrompt` tells them apart), order kept.
 *
 * With `share` the cut is where at least that share of the examples, the latest, begins; examples of one instant stay
 * together. A later example whose prompt was seen before the cut stays in `train`, counted as a repair, so fewer than
 * the share may be held out. An example without a time is dropped and counted.
 *
 * @throws InputError when a side would be empty, and for a cut that is no time or share
 */
export function splitByTime<T extends { readonly prompt: Prompt; readonly time?: number }>(
  examples: readonly T[],
  at: TimeCut,
  tally: Tally,
): TimeSplit<T> {
  const times = examples.flatMap(({ time }) => (time === undefined ? [] : [time]));
  if (times.length === 0) throw new InputError('No example has a time to split at. Name its column: columns.time.');
  const cut = 'at' in at ? instant(at.at) : latest(times, at.share);
  const isLate = ({ time }: T) => time !== undefined && time >= cut;
  const seen = new Set(
    examples.filter(({ time }) => time !== undefined && time < cut).map(({ prompt }) => promptIdentity(prompt)),
  );
  const [train, heldOut]: [T[], T[]] = [[], []];
  // Counted only when both sides are sure to hold something.
  const counted: (() => void)[] = [];
  for (const example of examples) {
    if (example.time === undefined) {
      counted.push(() => tally.drop('no time'));
      continue;
    }
    const stays = isLate(example) && seen.has(promptIdentity(example.prompt));
    (stays || !isLate(example) ? train : heldOut).push(example);
    counted.push(() => tally.keep(stays ? ['later, but its prompt was seen before the cut: stays in train'] : []));
  }
  for (const [side, name] of [
    [train, 'train on'],
    [heldOut, 'hold out'],
  ] as const) {
    if (side.length === 0)
      throw new InputError(`${describe(times, cut)}, which leaves nothing to ${name}. Cut elsewhere.`);
  }
  for (const count of counted) count();
  return { train, heldOut, cut };
}

function instant(value: string | number | Date): number {
  const time = instantOf(value);
  if (time === undefined) throw new InputError(`at: must be a time, "2025-06-30T12:00:00Z" say, not ${shown(value)}.`);
  return time;
}

function latest(times: readonly number[], share: number): number {
  if (!(share > 0 && share < 1)) throw new InputError(`share: must be a number between 0 and 1, not ${shown(share)}.`);
  const sorted = Float64Array.from(times).sort();
  // 0.07 x 100 is a little over 7.
  const count = Math.max(1, Math.ceil(share * sorted.length - 1e-9));
  return sorted[sorted.length - count] as number;
}

function describe(times: readonly number[], cut: number): string {
  const sorted = Float64Array.from(times).sort();
  const [from, to, at] = [sorted[0], sorted.at(-1), cut].map((time) => new Date(time as number).toISOString());
  return `The examples are from ${from} to ${to}; the cut is at ${at}`;
}
