import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import type { TokenRow } from '../src/rows/token_row';

/** Padded rows; labels are -100 where a token is not of the response. */
export interface OracleRows {
  readonly input_ids: number[][];
  readonly attention_mask: number[][];
  readonly labels: number[][];
}

/** Checksums of a tensor, and some of its entries by flat index. */
export interface TensorSum {
  readonly sum: number;
  readonly sum_abs: number;
  readonly l2: number;
  readonly max_abs: number;
  readonly wsum: number;
  readonly entries: [number, number][];
}

export interface LossCase {
  readonly config: { beta: number; desirable_weight: number; undesirable_weight: number };
  readonly loss: number;
  readonly losses: number[];
  readonly total_grad_norm: number;
  readonly grads: Record<string, TensorSum>;
  readonly batch: { desirable: boolean[]; target: OracleRows; KL: OracleRows; concatenated: OracleRows; pairs: number };
}

export interface Expected {
  readonly parameters: number;
  readonly batch: OracleRows;
  readonly logits: { row: number; position: number; values: number[] }[];
  readonly logits_checksum: { sum: number; sum_abs: number; l2: number; max_abs: number; wsum: number };
  readonly token_logps: number[][];
  readonly sequence_logps: number[];
  readonly losses?: Record<string, LossCase & Record<string, unknown>>;
}

export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
}

export function readExpected(model: string): Expected {
  return JSON.parse(readFileSync(fixture(`${model}/expected.json`), 'utf8'));
}

/** Prompt and response of each row, without padding. */
export function tokenRows(rows: OracleRows): TokenRow[] {
  return rows.input_ids.map((ids, i) => {
    const labels = rows.labels[i] as number[];
    const start = labels.findIndex((label) => label !== -100);
    const end = labels.findLastIndex((label) => label !== -100) + 1;
    return { prompt: Int32Array.from(ids.slice(0, start)), response: Int32Array.from(ids.slice(start, end)) };
  });
}

export function idsOf(rows: OracleRows): tf.Tensor2D {
  return tf.tensor2d(rows.input_ids, undefined, 'int32');
}

export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [actual[i] as number, expected[i] as number];
    expect(Math.abs(a - b), `${a} at ${i}, expected ${b}`).toBeLessThan(tolerance);
  }
}
