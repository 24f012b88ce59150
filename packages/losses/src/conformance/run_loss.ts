import * as tf from '@tensorflow/tfjs-core';
import type { BinaryResult, Loss, LossResult, PreferenceResult, Prepared, Rows } from '../contract';
import { preparedBatch, type Reads, tensorRows } from './inputs';
import type { Probe } from './probe';

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
  readonly state?: unknown;
}

/**
 * Runs `prepare` on a probe and `losses` on its examples, given exactly what the loss declares to need.
 *
 * @throws whatever the loss throws
 */
export async function runLoss(loss: Loss, probe: Probe, options: RunOptions = {}): Promise<Outcome> {
  const { reads = new Set(), places = [...probe.desirable.keys()], padding = 0, state = loss.initialState } = options;
  const prepared = prepare(loss, probe, reads, state);
  const variables = new Map<string, tf.Variable>();
  let results: Record<string, tf.Tensor> = {};
  let gradients: Record<string, tf.Tensor> = {};
  try {
    gradients = tf.tidy(() => {
      const rows = probe.sides.map((side, i) =>
        tensorRows(loss, side, places, { name: `${i}`, padding, variables, reads }),
      );
      const mean = () => {
        const result = call(loss, rows, probe, places, prepared?.statistics);
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

/** `prepare` on its own; undefined where there is none. */
export function prepare(
  loss: Loss,
  probe: Probe,
  reads: Reads,
  state: unknown,
): Prepared<unknown, unknown> | undefined {
  if (!loss.prepare) return undefined;
  // Each branch hands over the batch of its own kind of feedback.
  const batch = preparedBatch(loss, probe, reads);
  return (loss.prepare as (batch: unknown, state: unknown) => Prepared<unknown, unknown>)(batch, state);
}

function call(
  loss: Loss,
  sides: readonly Rows[],
  { desirable }: Probe,
  indices: readonly number[],
  statistics: unknown,
): LossResult | BinaryResult | PreferenceResult {
  const [first, second] = sides as [Rows, Rows];
  switch (loss.feedback) {
    case 'demonstrations':
      return loss.losses(extended(first, { indices }), statistics);
    case 'binary':
      return loss.losses(
        extended(first, { indices, desirable: tf.tensor1d(indices.map((i) => Number(desirable[i]))) }),
        statistics,
      );
    case 'preferences':
      return loss.losses({ indices, chosen: first, rejected: second }, statistics);
  }
}

/** Both in one, without reading either yet. */
function extended<T extends object, U extends object>(rows: T, more: U): T & U {
  return new Proxy(rows, {
    get: (target, key) => Reflect.get(key in more ? more : target, key),
    has: (target, key) => key in more || key in target,
    ownKeys: (target) => [...Reflect.ownKeys(target), ...Reflect.ownKeys(more)],
    getOwnPropertyDescriptor: (target, key) => Reflect.getOwnPropertyDescriptor(key in more ? more : target, key),
  }) as T & U;
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

function prefixed<T>(prefix: string, items: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(items).map(([name, item]) => [`${prefix}${name}`, item]));
}

async function read(tensors: Readonly<Record<string, tf.Tensor>>): Promise<Record<string, Float32Array>> {
  const entries = Object.entries(tensors).map(
    async ([name, tensor]) => [name, await tensor.data<'float32'>()] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
