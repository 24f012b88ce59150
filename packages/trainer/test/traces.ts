import type { TokenRow } from '@halokit/models';

/** Padded rows as the oracle writes them: labels are -100 where a token is not of the response. */
export interface OracleRows {
  readonly input_ids: number[][];
  readonly attention_mask: number[][];
  readonly labels: number[][];
}

/** Settings by PyTorch's names; alpha belongs to RMSprop, betas to AdamW. */
export interface OracleOptimizer {
  readonly name: string;
  readonly lr: number;
  readonly alpha: number;
  readonly betas: [number, number];
  readonly eps: number;
  readonly weight_decay: number;
}

export interface Trace {
  readonly policy: string;
  readonly loss: string;
  readonly config: Record<string, number>;
  readonly optimizer: OracleOptimizer;
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

/** Prompt and response of each row, without padding. */
export function tokenRows(rows: OracleRows): TokenRow[] {
  return rows.input_ids.map((ids, i) => {
    const labels = rows.labels[i] as number[];
    const start = labels.findIndex((label) => label !== -100);
    const end = labels.findLastIndex((label) => label !== -100) + 1;
    return { prompt: Int32Array.from(ids.slice(0, start)), response: Int32Array.from(ids.slice(start, end)) };
  });
}
