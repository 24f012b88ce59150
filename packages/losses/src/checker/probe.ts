import * as tf from '@tensorflow/tfjs-core';
import type { BinaryBatch, Loss, LossResult, PreparedRows, Rows } from '../contract';
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
    losses = tf.tidy(() => ask(loss, world).losses);
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
function ask(loss: Loss, world: World): LossResult {
  const { examples } = world;
  const tokens = (pick: (example: Example) => Response | undefined): Tokens[] =>
    examples.map((example) => tokensOf(pick(example) as Response, world));
  const indices = examples.map((_, i) => i);
  const own = tokens((example) => example.response);
  const first = loss.initialState;
  switch (loss.feedback) {
    case 'demonstrations': {
      const statistics = loss.prepare?.({ rows: plain(loss, own) }, first).statistics;
      return loss.losses({ ...tensors(loss, own), indices }, statistics);
    }
    case 'preferences': {
      const others = tokens((example) => example.other);
      const batch = { chosen: plain(loss, own), rejected: plain(loss, others) };
      const statistics = loss.prepare?.(batch, first).statistics;
      return loss.losses({ chosen: tensors(loss, own), rejected: tensors(loss, others), indices }, statistics);
    }
    case 'binary': {
      const desirable = examples.map((example) => example.desirable);
      const batch: BinaryBatch = {
        rows: plain(loss, own),
        desirable,
        ...(loss.needs?.kl && {
          kl: plain(
            loss,
            tokens((example) => example.kl),
            true,
          ),
        }),
        ...(loss.needs?.groups && { groups: indices.map((i) => Math.floor(i / 2)) }),
      };
      const statistics = loss.prepare?.(batch, first).statistics;
      return loss.losses({ ...tensors(loss, own), desirable: tf.tensor1d(desirable.map(Number)), indices }, statistics);
    }
  }
}

/** Rows as `prepare` sees them: what the loss declared and no more, in single precision. */
function plain(loss: Loss, rows: readonly Tokens[], policy = loss.needs?.policyInPrepare): PreparedRows {
  return {
    lengths: rows.map((row) => row.policy.length),
    ...(policy && { policy: rows.map((row) => Float32Array.from(row.policy)) }),
    ...(loss.needs?.reference && { reference: rows.map((row) => Float32Array.from(row.reference)) }),
    ...(loss.needs?.values && { values: rows.map((row) => Float32Array.from(valuesFor(row))) }),
  };
}

/** Rows as `losses` sees them, padded to the longest. */
function tensors(loss: Loss, rows: readonly Tokens[]): Rows {
  const longest = Math.max(...rows.map((row) => row.policy.length));
  const matrix = (of: (row: Tokens) => readonly number[]) =>
    tf.tensor2d(
      rows.flatMap((row) => Array.from({ length: longest }, (_, t) => of(row)[t] ?? 0)),
      [rows.length, longest],
    );
  const mask = matrix((row) => row.policy.map(() => 1));
  return {
    policy: { tokens: matrix((row) => row.policy), mask },
    ...(loss.needs?.reference && { reference: { tokens: matrix((row) => row.reference), mask } }),
    ...(loss.needs?.values && { values: matrix(valuesFor) }),
    ...(loss.needs?.scores && { scores: tf.tensor1d(rows.map((_, i) => 0.5 - i / 4)) }),
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
