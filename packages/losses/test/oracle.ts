import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { Rows } from '../src/contract';

/** One case of an oracle file: sequence-level inputs are [n], token-level ones [n][t], exact 0 outside the response. */
export interface OracleCase {
  readonly name: string;
  readonly config: Record<string, number | boolean>;
  readonly inputs: Record<string, number[][] | number[]>;
  readonly expected: Record<string, number | number[]>;
  readonly grad: Record<string, number[][] | number[]>;
}

export function oracle(name: string): OracleCase[] {
  const file = new URL(`../fixtures/${name}.json`, import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { cases: OracleCase[] }).cases;
}

/** Rows as [n][t], whatever the file's level: a sequence log-probability is a response of one token. */
export function tokenRows(c: OracleCase, input: string): number[][] {
  return (c.inputs[input] ?? []).map((row) => (Array.isArray(row) ? row : [row]));
}

/** The file's own tolerance for float32: sums of large log-probabilities lose digits. */
export function tolerance(c: OracleCase): (value: number) => number {
  const largest = Math.max(0, ...Object.values(c.inputs).flat(2).map(Math.abs));
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

/** Rows under a policy given as the tensor to differentiate and as numbers: a token counts where it is not exactly 0. */
export function rowsOf(policy: tf.Tensor, values: readonly number[][], reference: readonly number[][]): Rows {
  const matrix = (rows: readonly number[][]) => tf.tensor2d(rows.flat(), [rows.length, rows[0]?.length ?? 1]);
  const mask = matrix(values.map((row) => row.map((x) => Number(x !== 0))));
  return { policy: { tokens: policy as tf.Tensor2D, mask }, reference: { tokens: matrix(reference), mask } };
}
