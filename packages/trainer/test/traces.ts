import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TokenRow } from '@halokit/models';

/** Padded rows as the oracle writes them: labels are -100 where a token is not of the response. */
export interface OracleRows {
  readonly input_ids: number[][];
  readonly attention_mask: number[][];
  readonly labels: number[][];
}

export interface Trace {
  readonly policy: string;
  readonly loss: string;
  readonly config: Record<string, number>;
  readonly optimizer: {
    name: string;
    lr: number;
    alpha: number;
    betas: [number, number];
    eps: number;
    weight_decay: number;
  };
  readonly clip_grad_norm: number;
  readonly warmup_steps: number;
  readonly batch: {
    desirable?: boolean[];
    target?: OracleRows;
    KL?: OracleRows;
    pairs?: number;
    concatenated?: OracleRows;
  };
  readonly steps: {
    lr: number;
    loss: number;
    losses?: number[];
    KL?: number;
    chosen_rewards?: number[];
    rejected_rewards?: number[];
    target_logps?: number[];
    logps?: number[];
    grad_norm_before_clip: number;
  }[];
  readonly parameters_after_last_step: Record<string, { entries: [number, number][] }>;
}

export function readTrace(name: string): Trace {
  return JSON.parse(readFileSync(new URL(`../fixtures/traces/${name}.json`, import.meta.url), 'utf8'));
}

/** The oracle's checkpoints are kept with the package that loads them. */
export function checkpointFolder(name: string): string {
  return fileURLToPath(new URL(`../../models/fixtures/${name.replace('models/', '')}`, import.meta.url));
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
