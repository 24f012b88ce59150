import { catalogue, createLoss, type LossName } from '@halokit/losses';
import { isTree } from '../config/flags';
import { valuesOf } from '../figures/value_curves';
import type { ReportRun } from './report_run';

/** A value function that runs trained with, over the rewards of `rewardGrid`. */
export interface UsedValue {
  readonly runs: readonly string[];
  readonly name: string;
  readonly values: readonly number[];
}

export interface UsedValues {
  readonly curves: readonly UsedValue[];
  /** Runs without one to draw, and why. */
  readonly without: readonly { readonly run: string; readonly why: string }[];
}

/**
 * The value functions of the losses with the options that the runs gave them; runs with the same share one. A loss of
 * somebody's own is not drawn: that would run a file that a folder names.
 */
export function usedValues(runs: readonly ReportRun[]): UsedValues {
  const curves: { readonly runs: string[]; readonly name: string; readonly values: readonly number[] }[] = [];
  const without: { run: string; why: string }[] = [];
  for (const { label, config } of runs) {
    const { method, loss: options } = config;
    if (typeof method !== 'string') continue;
    if (!Object.hasOwn(catalogue, method)) {
      without.push({ run: label, why: `${method} is a file of your own: archangel values --loss ${method} draws it` });
      continue;
    }
    const value = lossValue(method as LossName, isTree(options) ? options : {});
    if (!value) {
      without.push({ run: label, why: `${method} has no value function` });
      continue;
    }
    const values = valuesOf(value);
    const same = curves.find((curve) => curve.values.every((v, i) => Math.abs(v - (values[i] as number)) < 1e-5));
    if (same) same.runs.push(label);
    else curves.push({ runs: [label], name: value.name, values });
  }
  return { curves, without };
}

function lossValue(name: LossName, options: Readonly<Record<string, unknown>>) {
  try {
    return createLoss(name, options).value;
  } catch {
    // Options of another version: nothing that could be drawn truly.
    return undefined;
  }
}
