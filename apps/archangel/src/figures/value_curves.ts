import {
  catalogue,
  createLoss,
  hingeValue,
  kahnemanTversky,
  type Loss,
  type LossName,
  logistic,
  logSigmoid,
  type ValueFunction,
} from '@halokit/losses';
import * as tf from '@tensorflow/tfjs-core';

/** A value function drawn: numbers over the rewards of `rewardGrid`, and whose it is. */
export interface ValueCurve {
  /** Different for every curve. */
  readonly title: string;
  /** What is to be said of it in smaller letters. */
  readonly note: string;
  readonly values: readonly number[];
  /** One of the report's figure, one that only losses of the catalogue have, or a person's own. */
  readonly kind: 'report' | 'kin' | 'own';
}

const [least, most, steps] = [-6, 6, 240];

/** Rewards z, less their reference point: -6 to 6. */
export const rewardGrid: readonly number[] = Array.from(
  { length: steps + 1 },
  (_, i) => least + ((most - least) * i) / steps,
);

/** The report's figure: what RLHF, DPO, SLiC and people make of a reward. KTO's is RLHF's. */
const report: readonly (readonly [title: string, value: ValueFunction])[] = [
  ['RLHF and KTO: σ(z)', logistic],
  ['DPO: log σ(z)', logSigmoid],
  ['SLiC: min(0, z − 1)', hingeValue(1)],
  ['Kahneman–Tversky: α 0.88, λ 2.25', kahnemanTversky({ alpha: 0.88, lambda: 2.25 })],
];

/**
 * The report's curves, those of every loss in the catalogue that exposes its value function, with its default options, and
 * one of a person's own. Losses of the same curve share it.
 */
export function valueCurves(own?: Loss): ValueCurve[] {
  const known = report.map(([title, value]) => ({ title, value, values: valuesOf(value), losses: [] as string[] }));
  for (const name of Object.keys(catalogue) as LossName[]) {
    const { value } = createLoss(name);
    if (!value) continue;
    const values = valuesOf(value);
    const same = known.find((curve) => curve.values.every((v, i) => Math.abs(v - (values[i] as number)) < 1e-5));
    if (same) same.losses.push(name);
    else known.push({ title: '', value, values, losses: [name] });
  }
  const curves = known.map(({ title, value, values, losses }): ValueCurve => {
    const names = losses.join(', ');
    return title
      ? { title, note: names, values, kind: 'report' }
      : { title: names, note: value.name, values, kind: 'kin' };
  });
  if (!own?.value) return curves;
  return [...curves, { title: `yours: ${own.name}`, note: own.value.name, values: valuesOf(own.value), kind: 'own' }];
}

/** By the function's own tensor code. */
export function valuesOf({ value }: ValueFunction): number[] {
  return tf.tidy(() => Array.from(value(tf.tensor1d([...rewardGrid])).dataSync()));
}
