import * as tf from '@tensorflow/tfjs-core';
import type { BinaryResult, Loss, LossResult, PreferenceResult, Prepared } from '../contract';
import { ask, prepare } from '../probe/ask';
import { type Reads, tensorRows } from '../probe/inputs';
import type { Probe } from '../probe/probe';

/** What a loss made of a probe, as plain numbers by name: `losses`, `rewards`, `rewards/chosen`, `metrics/clip_fraction`. */
export interface Outcome {
  readonly results: Readonly<Record<string, Float32Array>>;
  readonly shapes: Readonly<Record<string, readonly number[]>>;
  /** Of the mean loss, by input and side (`policy 0`, `scores 1`); absent where nothing depends on it. */
  readonly gradients: Readonly<Record<string, Float32Array>>;
  readonly prepared?: Prepared<unknown, unknown>;
}

export interface RunOptions {
  /** Told what the loss reads. */
  readonly reads?: Reads;
  /** Examples of the probe that go through `losses`, after a `prepare` of all of them; default all. */
  readonly places?: readonly number[];
  /** What stands behind a response's end, where nothing may depend on it. */
  readonly padding?: number;
}

/**
 * Runs `prepare` on a probe and `losses` on its examples, given exactly what the loss declares to need.
 *
 * @throws whatever the loss throws
 */
export async function runLoss(loss: Loss, probe: Probe, options: RunOptions = {}): Promise<Outcome> {
  const { reads, places = [...probe.desirable.keys()], padding } = options;
  const prepared = prepare(loss, probe, reads);
  const variables = new Map<string, tf.Variable>();
  let results: Record<string, tf.Tensor> = {};
  let gradients: Record<string, tf.Tensor> = {};
  try {
    gradients = tf.tidy(() => {
      const rows = probe.sides.map((side, i) => {
        const hold = <T extends tf.Tensor>(name: string, tensor: T): T => {
          const variable = tf.variable(tensor);
          variables.set(`${name} ${i}`, variable);
          return variable as unknown as T;
        };
        return tensorRows(loss, side, places, { padding, reads, hold });
      });
      const mean = () => {
        const result = ask(loss, rows, probe, places, prepared?.statistics);
        results = byName(result);
        for (const tensor of Object.values(results)) tf.keep(tensor);
        return tf.mean(result.losses) as tf.Scalar;
      };
      return tf.variableGrads(mean, [...variables.values()]).grads;
    });
    const shapes = Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, [...tensor.shape]]));
    const named = [...variables].flatMap(([name, variable]) => {
      const gradient = gradients[variable.name];
      return gradient ? [[name, gradient] as const] : [];
    });
    return { results: await read(results), shapes, gradients: await read(Object.fromEntries(named)), prepared };
  } finally {
    tf.dispose([results, gradients]);
    for (const variable of variables.values()) variable.dispose();
  }
}

/** All tensors of a result. */
function byName({
  losses,
  metrics = {},
  ...rest
}: LossResult | BinaryResult | PreferenceResult): Record<string, tf.Tensor> {
  const rewards = 'rewards' in rest ? rest.rewards : undefined;
  return {
    losses,
    ...(rewards && ('chosen' in rewards ? prefixed('rewards/', { ...rewards }) : { rewards })),
    ...prefixed('metrics/', metrics),
  };
}

/** The same items under longer names. */
export function prefixed<T>(prefix: string, items: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(items).map(([name, item]) => [`${prefix}${name}`, item]));
}

async function read(tensors: Readonly<Record<string, tf.Tensor>>): Promise<Record<string, Float32Array>> {
  const entries = Object.entries(tensors).map(
    async ([name, tensor]) => [name, await tensor.data<'float32'>()] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
