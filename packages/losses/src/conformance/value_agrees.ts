import * as tf from '@tensorflow/tfjs-core';
import type { Loss, ValueFunction } from '../contract';
import type { Probe, Side } from '../probe/probe';
import type { Check } from './checks';
import { runLoss } from './run_loss';

/** Distances of the rewards from the reference point, in nats, the same ones on either side of it. */
const distances = [0, -40, -8, -2, -0.5, 0.5, 2, 8, 40];

/** What every response has for a log-probability under the reference, and where the reference point is. */
const anchor = -50;

/**
 * An example's loss is a constant less its class's weight times the value function that the loss exposes.
 *
 * The examples lie around one at the reference point, the same on either side: it is their mean, and that of the
 * mismatched rows, so it is the reference point whichever way that is estimated.
 */
export const valueAgrees: Check = async (loss) => {
  const { value } = loss;
  if (!value) return undefined;
  const { results } = await runLoss(loss, probeAround(loss));
  const { losses = new Float32Array() } = results;
  const isPair = loss.feedback === 'preferences';
  const reward = (i: number) =>
    isPair
      ? (results['rewards/chosen']?.[i] as number) - (results['rewards/rejected']?.[i] as number)
      : (results.rewards?.[i] as number);
  for (const [start, sign] of isPair ? [[0, 1] as const] : [[0, 1] as const, [distances.length, -1] as const]) {
    const places = distances.map((_, i) => start + i);
    const atPoint = isPair ? 0 : reward(start);
    const z = places.map((i) => sign * (reward(i) - atPoint));
    const values = await valuesOf(value, z);
    const rises = values.map((v) => v - (values[0] as number));
    const falls = places.map((i) => (losses[start] as number) - (losses[i] as number));
    // The weight of the class, from where the value function moves most.
    const most = rises.reduce((best, rise, i) => (Math.abs(rise) > Math.abs(rises[best] as number) ? i : best), 0);
    const weight = (falls[most] as number) / (rises[most] as number);
    if (!(weight > 0)) return `Where the value rises by ${rises[most]} the loss falls by ${falls[most]}.`;
    const within = 1e-4 * Math.abs(falls[most] as number);
    const wrong = rises.findIndex((rise, i) => Math.abs(weight * rise - (falls[i] as number)) > within);
    if (wrong >= 0) {
      return (
        `At z = ${z[wrong]?.toPrecision(4)} the value function "${value.name}" differs from that at 0 by ${rises[wrong]?.toPrecision(4)}, ` +
        `which the loss should fall by ${(weight * (rises[wrong] as number)).toPrecision(4)}; it falls by ${falls[wrong]?.toPrecision(4)}.`
      );
    }
  }
  return undefined;
};

async function valuesOf({ value }: ValueFunction, z: readonly number[]): Promise<number[]> {
  const tensor = tf.tidy(() => value(tf.tensor1d([...z])));
  const values = [...(await tensor.data<'float32'>())];
  tensor.dispose();
  return values;
}

/** Responses of one token at all distances: desirable ones, then undesirable ones; or pairs against the anchor. */
function probeAround(loss: Loss): Probe {
  const isPair = loss.feedback === 'preferences';
  const all = isPair ? distances : [...distances, ...distances];
  const side = (policy: readonly number[]): Side => ({
    policy: policy.map((logp) => [logp]),
    reference: policy.map(() => [anchor]),
    values: policy.map(() => [0]),
    scores: policy.map((logp) => logp - anchor),
  });
  const still = side(all.map(() => anchor));
  const moved = side(all.map((d) => anchor + d));
  return {
    sides: isPair ? [moved, still] : [moved],
    desirable: all.map((_, i) => i < distances.length),
    kl: still,
    groups: all.map((_, i) => i % distances.length),
  };
}
