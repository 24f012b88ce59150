import type { Origin, Ranked, Scored } from '../feedback';
import { promptKey } from '../split/prompt_key';
import type { Ledger } from './ledger';

/** A response and how good it is among others. */
export interface Candidate {
  readonly response: string;
  /** Higher is better. */
  readonly value: number;
  readonly origin: Origin;
  /** The index of the record it is from. */
  readonly record: number;
}

/** The distinct responses that can be compared with each other, as first met. */
export type Group = readonly Candidate[];

/** Responses of a prompt, over all records: a scale is shared. */
export function scoreGroups(records: readonly Scored[], ledger: Ledger): Group[] {
  const key = ({ prompt }: Scored) => promptKey(prompt);
  return groups(records, key, ({ scores }) => scores, ledger);
}

/** Responses ranked together: those of one record, or, of records with one response each, those of a prompt. */
export function rankGroups(records: readonly Ranked[], ledger: Ledger): Group[] {
  const key = ({ prompt, responses }: Ranked, i: number) => (responses.length > 1 ? `row ${i}` : promptKey(prompt));
  return groups(records, key, ({ ranks }) => ranks.map((rank) => -rank), ledger);
}

function groups<T extends Origin & { readonly responses: readonly string[] }>(
  records: readonly T[],
  key: (record: T, index: number) => string,
  valuesOf: (record: T) => readonly number[],
  ledger: Ledger,
): Group[] {
  const found = new Map<string, Map<string, Candidate[]>>();
  records.forEach((record, i) => {
    const { prompt, source, line, user, time } = record;
    const who = { ...(user !== undefined && { user }), ...(time !== undefined && { time }) };
    const origin: Origin = { prompt, source, line, ...who };
    const name = key(record, i);
    const group = found.get(name) ?? new Map<string, Candidate[]>();
    found.set(name, group);
    const values = valuesOf(record);
    record.responses.forEach((response, j) => {
      const same = group.get(response) ?? [];
      if (same.length > 0) ledger.leave(i, 'joined: the same prompt and response, rated at the mean');
      same.push({ response, value: values[j] as number, origin, record: i });
      group.set(response, same);
    });
  });
  return [...found.values()].map((group) =>
    [...group.values()].map((same) => ({ ...(same[0] as Candidate), value: mean(same.map(({ value }) => value)) })),
  );
}

/** The mean, between the smallest and the largest whatever rounding does. */
export function mean(values: readonly number[]): number {
  const sum = values.reduce((a, b) => a + b, 0);
  const rounded = Number.isFinite(sum) ? sum / values.length : values.reduce((a, b) => a + b / values.length, 0);
  const [least, most] = extremes(values);
  return Math.min(most, Math.max(least, rounded));
}

function extremes(values: readonly number[]): [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return [least, most];
}
