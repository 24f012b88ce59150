import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { Logps, Loss } from '../src/contract';
import { type Humanline, humanline } from '../src/humanline';

/** One case of an oracle file: sequence-level inputs are [n], token-level ones [n][t], exact 0 outside the response. */
export interface OracleCase {
  readonly name: string;
  readonly config: Readonly<Record<string, number | boolean>>;
  readonly inputs: Readonly<Record<string, number[][] | number[]>>;
  readonly expected: Readonly<Record<string, number | number[]>>;
  readonly grad: Readonly<Record<string, number[][] | number[]>>;
}

/** The cases of a file. Numbers that JSON cannot hold are words in it. */
export function oracle(name: string): OracleCase[] {
  return (readOracle(name) as { cases: OracleCase[] }).cases;
}

/** The file as it is. */
export function readOracle(name: string): unknown {
  const words = new Map<unknown, number>([
    ['NaN', Number.NaN],
    ['Infinity', Infinity],
    ['-Infinity', -Infinity],
  ]);
  const file = new URL(`../fixtures/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8'), (_, value: unknown) => words.get(value) ?? value);
}

/** The case's tuning by the names that our options have. */
export function settingsOf({ config }: OracleCase): Record<string, number> {
  const names: Record<string, string> = {
    desirable_weight: 'desirableWeight',
    undesirable_weight: 'undesirableWeight',
    lambda_coef: 'lambda',
    label_smoothing: 'epsilon',
    gamma_beta_ratio: 'margin',
    OR_scale: 'oddsRatioWeight',
  };
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]) => (typeof value === 'number' ? [[names[key] ?? key, value]] : [])),
  );
}

/** The loss under the bounds that the case sets, if it does. */
export function underHumanline<L extends Loss>(loss: L, { config }: OracleCase): L {
  return config.humanline
    ? humanline(loss, [config.log_epsilon_P, config.log_epsilon_R] as unknown as Humanline)
    : loss;
}

/** Rows as [n][t], whatever the file's level: a sequence log-probability is a response of one token. */
export function tokenRows(c: OracleCase, input: string): number[][] {
  return (c.inputs[input] ?? []).map((row) => (Array.isArray(row) ? row : [row]));
}

/** Response tokens only, as `prepare` gets them: masked positions are exactly 0 in these files. */
export function ragged(rows: readonly number[][]): number[][] {
  return rows.map((row) => (row.length === 1 ? row : row.filter((x) => x !== 0)));
}

export function matrix(rows: readonly (readonly number[])[]): tf.Tensor2D {
  return tf.tensor2d(rows.flat(), [rows.length, rows[0]?.length ?? 1]);
}

/** 1 where a token is. A sequence-level row is one token, whatever its value. */
function maskOf(rows: readonly number[][]): number[][] {
  return rows.map((row) => (row.length === 1 ? [1] : row.map((x) => Number(x !== 0))));
}

export function logpsOf(tokens: tf.Tensor, rows: readonly number[][]): Logps {
  return { tokens: tokens as tf.Tensor2D, mask: matrix(maskOf(rows)) };
}

/** The file's own tolerance for float32: sums of large log-probabilities lose digits. */
export function tolerance(c: Pick<OracleCase, 'inputs'>): (value: number) => number {
  const largest = Math.max(0, ...(Object.values(c.inputs) as number[][][]).flat(3).map(Math.abs));
  return (value) => 1e-6 + 1e-5 * Math.abs(value) + 1e-6 * largest;
}

export function expectClose(actual: ArrayLike<number>, expected: readonly number[], within: (value: number) => number) {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs((actual[i] as number) - value), `${actual[i]} at ${i}, expected ${value}`).toBeLessThan(
      within(value),
    );
  });
}

/** The share of all response tokens, as the files have it, from shares by response. */
export function shareOfTokens(shares: ArrayLike<number>, rows: readonly number[][]): number {
  const lengths = maskOf(rows).map((row) => row.reduce((sum, x) => sum + x, 0));
  const total = lengths.reduce((sum, length) => sum + length, 0);
  return lengths.reduce((sum, length, i) => sum + length * (shares[i] as number), 0) / total;
}
