import type { Loss, Prepared, PreparedRows } from '@halokit/losses';
import { type CausalLM, logpRows, type PlainOutputs, plainOutputs } from '@halokit/models';
import { promptKeys } from './dataset';
import { groupNumbers } from './prompt_groups';
import type { Reference } from './reference';
import { rowPositions, type TokenBatch } from './token_batch';

/** What is known of a batch before any gradient is taken, as plain data. Rows are in the order of `batch.rows`. */
export interface NoGradientPass {
  readonly reference?: readonly Float32Array[];
  readonly policy?: readonly Float32Array[];
  readonly values?: readonly Float32Array[];
  readonly kl?: PreparedRows;
}

/** Runs the forward passes without gradient that the loss declares, and no others. */
export async function noGradientPass(
  loss: Loss,
  batch: TokenBatch,
  policy: CausalLM,
  reference: Reference | undefined,
  rowsAtOnce: number,
): Promise<NoGradientPass> {
  const needs = loss.needs ?? {};
  const kl = needs.kl ? batch.kl : undefined;
  // All rows in one call: a target and its KL row have a prompt in common, which is then computed once.
  const all = [...batch.rows, ...(kl ?? [])];
  const referenceLogps = needs.reference ? await reference?.logps(all) : undefined;
  const targets = batch.rows.length;
  const wanted = (['logps', 'values'] as const).filter((name) =>
    name === 'logps' ? needs.policyInPrepare : needs.values,
  );
  const own: Partial<PlainOutputs> =
    wanted.length > 0 ? await plainOutputs(policy, batch.rows, wanted, { rowsAtOnce }) : {};
  return {
    reference: referenceLogps?.slice(0, targets),
    policy: own.logps,
    values: own.values,
    kl: kl && {
      lengths: kl.map((row) => row.response.length),
      policy: await logpRows(policy, kl, { rowsAtOnce }),
      reference: referenceLogps?.slice(targets),
    },
  };
}

/** Calls the loss's `prepare` for the examples at these positions of the batch. */
export function prepareExamples(
  loss: Loss,
  batch: TokenBatch,
  pass: NoGradientPass,
  examples: readonly number[],
  state: unknown,
): Prepared<unknown, unknown> {
  const rows = (positions: readonly number[]): PreparedRows => ({
    lengths: positions.map((i) => (batch.rows[i] as { response: Int32Array }).response.length),
    policy: pass.policy && pick(pass.policy, positions),
    reference: pass.reference && pick(pass.reference, positions),
    values: pass.values && pick(pass.values, positions),
  });
  const nothing = { statistics: undefined, state };
  switch (loss.feedback) {
    case 'demonstrations':
      return loss.prepare?.({ rows: rows(examples) }, state) ?? nothing;
    case 'preferences': {
      const [chosen, rejected] = halves(rowPositions(batch, examples));
      return loss.prepare?.({ chosen: rows(chosen), rejected: rows(rejected) }, state) ?? nothing;
    }
    case 'binary': {
      const kl = pass.kl && {
        lengths: pick(pass.kl.lengths, examples),
        policy: pass.kl.policy && pick(pass.kl.policy, examples),
        reference: pass.kl.reference && pick(pass.kl.reference, examples),
      };
      const desirable = pick(batch.desirable ?? [], examples);
      const groups = loss.needs?.groups
        ? groupNumbers(promptKeys({ examples: pick(batch.rows, examples) }))
        : undefined;
      return loss.prepare?.({ rows: rows(examples), desirable, kl, groups }, state) ?? nothing;
    }
  }
}

function pick<T>(items: readonly T[], positions: readonly number[]): T[] {
  return positions.map((i) => items[i] as T);
}

function halves<T>(items: readonly T[]): [T[], T[]] {
  return [items.slice(0, items.length / 2), items.slice(items.length / 2)];
}
