import * as tf from '@tensorflow/tfjs-core';
import type { Loss, LossResult } from '../contract';
import { ask, prepare } from '../probe/ask';
import { tensorRows } from '../probe/inputs';
import type { Probe, Side } from '../probe/probe';
import { type Example, type Response, type Tokens, tokensOf, type World } from './world';

/** The loss could not answer: it threw, or gave something that is no number. */
export class ProbeError extends Error {}

/** The loss of every example of a world, as numbers. @throws ProbeError where the loss throws, or where one is not finite */
export async function finiteLosses(loss: Loss, world: World): Promise<number[]> {
  const losses = await lossesOf(loss, world);
  const broken = losses.findIndex((x) => !Number.isFinite(x));
  if (broken >= 0) throw new ProbeError(`the loss is ${losses[broken]} at ${saying(world, broken)}`);
  return losses;
}

/** The same, whatever it is. @throws ProbeError where the loss throws or does not give one number per example */
export async function lossesOf(loss: Loss, world: World): Promise<number[]> {
  let losses: tf.Tensor | undefined;
  try {
    losses = tf.tidy(() => askWorld(loss, world).losses);
    if (!losses) throw new Error('no losses');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ProbeError(`the loss throws "${reason}" at ${saying(world, 0)}`);
  }
  const values = Array.from(await losses.data());
  losses.dispose();
  if (losses.shape.length !== 1 || values.length !== world.examples.length) {
    throw new ProbeError(`the losses have shape [${losses.shape}], not one per example, [${world.examples.length}]`);
  }
  return values;
}

/** Both parts of the loss on one batch, which is also the only microbatch. */
function askWorld(loss: Loss, world: World): LossResult {
  const probe = probeOf(world);
  const places = [...probe.desirable.keys()];
  const statistics = prepare(loss, probe)?.statistics;
  const rows = probe.sides.map((side) => tensorRows(loss, side, places));
  return ask(loss, rows, probe, places, statistics);
}

function probeOf({ examples, ...world }: World): Probe {
  const side = (pick: (example: Example) => Response | undefined): Side => {
    // Where a loss has no mismatched rows they are not asked for.
    const tokens = examples.map((example) => tokensOf(pick(example) ?? example.response, { examples, ...world }));
    return {
      policy: tokens.map((row) => row.policy),
      reference: tokens.map((row) => row.reference),
      values: tokens.map(valuesFor),
      scores: tokens.map((_, i) => 0.5 - i / 4),
    };
  };
  const own = side(({ response }) => response);
  const isPair = examples.some(({ other }) => other);
  return {
    sides: isPair ? [own, side(({ other }) => other)] : [own],
    desirable: examples.map(({ desirable }) => desirable),
    kl: side(({ kl }) => kl),
    groups: examples.map((_, i) => Math.floor(i / 2)),
  };
}

/** What a value head might say: something that depends on the place alone. */
const valuesFor = (row: Tokens) => row.policy.map((_, t) => 0.25 - t / 8);

/** An input in words. */
export function saying(world: World, index: number): string {
  const { response, other, desirable } = world.examples[index] as Example;
  const list = (response: Response) => {
    const { policy, reference } = tokensOf(response, world);
    const named = world.reward.endsWith('ratio') ? `, reference [${reference.join(', ')}]` : '';
    return `[${policy.join(', ')}]${named}`;
  };
  const kind = other ? 'a pair' : desirable ? 'a desirable example' : 'an undesirable example';
  return `${kind} of log-probabilities ${list(response)}${other ? `, rejected ${list(other)}` : ''}`;
}
