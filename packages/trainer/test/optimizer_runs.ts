import { readdirSync, readFileSync } from 'node:fs';
import { checkpointFolder } from './trace_files';
import type { OracleOptimizer, OracleRows } from './traces';

interface KtoCase {
  readonly config: { beta: number; desirable_weight: number; undesirable_weight: number };
  readonly batch: { desirable: boolean[]; target: OracleRows; KL: OracleRows };
  readonly reference_target_logps: number[];
  readonly reference_KL_logps: number[];
}

interface DpoCase {
  readonly config: { beta: number };
  readonly batch: { pairs: number; concatenated: OracleRows };
  readonly reference_logps: number[];
}

/** Three updates on one batch. */
export interface OptimizerRun {
  readonly loss: 'kto' | 'dpo';
  readonly optimizer: OracleOptimizer;
  readonly clip_grad_norm: number | null;
  readonly steps: readonly { loss: number; grad_norm_before_clip: number }[];
  readonly parameters_after_3_steps: Record<string, { entries: [number, number][]; delta_l2: number }>;
}

export interface OptimizerCases {
  readonly losses: { kto: KtoCase; dpo: DpoCase };
  readonly optimizer_runs: readonly OptimizerRun[];
}

/** Every checkpoint that says what optimisers do to it. */
export function readOptimizerCases(): [name: string, cases: OptimizerCases][] {
  const names = readdirSync(checkpointFolder(''), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return names.flatMap(({ name }): [string, OptimizerCases][] => {
    const expected = JSON.parse(readFileSync(`${checkpointFolder(name)}/expected.json`, 'utf8'));
    return expected.optimizer_runs ? [[name, expected]] : [];
  });
}
