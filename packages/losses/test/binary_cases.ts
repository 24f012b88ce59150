import * as tf from '@tensorflow/tfjs-core';
import type { BinaryLoss, BinaryResult } from '../src/contract';
import { logpsOf, matrix, type OracleCase, ragged, tokenRows } from './oracle';

const sides = ['chosen', 'rejected'] as const;

/** What a loss makes of a case of thumbs: desirable examples first, then undesirable ones. */
export interface BinaryOutcome {
  readonly loss: number;
  readonly losses: Float32Array;
  readonly rewards: Float32Array;
  readonly metrics: Readonly<Record<string, number>>;
  readonly perExample: Readonly<Record<string, Float32Array>>;
  readonly grad: Float32Array;
  readonly state: unknown;
}

/** Runs a loss on a case, its `prepare` first. */
export function runBinary(loss: BinaryLoss, c: OracleCase, state: unknown = loss.initialState): BinaryOutcome {
  const rows = (model: string) => sides.flatMap((side) => tokenRows(c, `${model}_${side}_logps`));
  const [policy, reference] = [rows('policy'), rows('reference')];
  const desirable = sides.flatMap((side) => tokenRows(c, `policy_${side}_logps`).map(() => side === 'chosen'));
  const kl = (model: string) => ragged(tokenRows(c, `${model}_KL_logps`));
  const prepared = loss.prepare?.(
    {
      rows: {
        lengths: ragged(policy).map((row) => row.length),
        policy: ragged(policy),
        ...(reference.length > 0 && { reference: ragged(reference) }),
      },
      desirable,
      kl: { lengths: kl('policy').map((row) => row.length), policy: kl('policy'), reference: kl('reference') },
    },
    state,
  );
  const { state: next } = prepared ?? {};
  const outcome = tf.tidy(() => {
    let result: BinaryResult | undefined;
    const mean = (x: tf.Tensor) => {
      const logps = logpsOf(x, policy);
      result = loss.losses(
        {
          policy: logps,
          ...(reference.length > 0 && { reference: { ...logps, tokens: matrix(reference) } }),
          indices: policy.map((_, i) => i),
          desirable: tf.tensor1d(desirable.map(Number)),
        },
        prepared?.statistics,
      );
      for (const tensor of [result.losses, result.rewards, ...Object.values(result.metrics ?? {})]) tf.keep(tensor);
      return tf.mean(result.losses) as tf.Scalar;
    };
    const { value, grad } = tf.valueAndGrad(mean)(matrix(policy));
    const { losses, rewards, metrics = {} } = result as unknown as BinaryResult;
    const numbers = (tensor: tf.Tensor) => tensor.dataSync<'float32'>();
    const numbersOnly = {
      loss: numbers(value)[0] as number,
      losses: numbers(losses),
      rewards: numbers(rewards),
      metrics: prepared?.metrics ?? {},
      perExample: Object.fromEntries(Object.entries(metrics).map(([name, tensor]) => [name, numbers(tensor)])),
      grad: numbers(grad),
    };
    tf.dispose([losses, rewards, ...Object.values(metrics)]);
    return numbersOnly;
  });
  return { ...outcome, state: next };
}
