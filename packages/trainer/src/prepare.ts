import type { Loss, Prepared, PreparedRows } from '@halokit/losses';
import { logpRows, type PlainOutputs, plainOutputs, type TokenRow } from '@halokit/models';
import { promptKeys } from './dataset';
import { exchangeRows } from './parallel/exchange';
import { groupNumbers } from './prompt_groups';
import type { StepContext } from './step_context';
import { rowPositions, type TokenBatch } from './token_batch';

/** What is known of a batch before any gradient is taken, as plain data. Rows are in the order of `batch.rows`. */
export interface NoGradientPass {
  readonly reference?: readonly Float32Array[];
  readonly policy?: readonly Float32Array[];
  readonly values?: readonly Float32Array[];
  readonly kl?: PreparedRows;
}

/**
 * Runs the forward passes without gradient that the loss declares, and no others: by the policy of the given examples' rows, if
 * there are other ranks, which know the rest. The reference is asked for all rows on every rank.
 */
export async function noGradientPass(
  { loss, policy, reference, communicator }: StepContext,
  batch: TokenBatch,
  { examples, rowsAtOnce }: { readonly examples: readonly number[]; readonly rowsAtOnce: number },
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
  const positions = rowPositions(batch, examples);
  const rows = pick(batch.rows, positions);
  const own: Partial<PlainOutputs> = wanted.length > 0 ? await plainOutputs(policy, rows, wanted, { rowsAtOnce }) : {};
  const ownKl = kl && (await logpRows(policy, pick(kl, examples), { rowsAtOnce }));
  const parts: Part[] = [
    ...wanted.map((name) => ({ of: batch.rows, positions, numbers: own[name] as Float32Array[] })),
    ...(kl && ownKl ? [{ of: kl, positions: examples, numbers: ownKl }] : []),
  ];
  const known = parts.map(spread);
  if (communicator && parts.length > 0) {
    const lengths = parts.flatMap(({ of }) => of.map(({ response }) => response.length));
    const everything = await exchangeRows(known.flat(), lengths, communicator);
    for (const rows of known) rows.splice(0, rows.length, ...everything.splice(0, rows.length));
  }
  const ofPolicy = Object.fromEntries(wanted.map((name, i) => [name, known[i] as Float32Array[]]));
  return {
    reference: referenceLogps?.slice(0, targets),
    policy: ofPolicy.logps,
    values: ofPolicy.values,
    kl: kl && {
      lengths: kl.map((row) => row.response.length),
      policy: known.at(-1) as Float32Array[],
      reference: referenceLogps?.slice(targets),
    },
  };
}

/** Numbers of some of a list's rows, a number a token of its response. */
interface Part {
  readonly of: readonly TokenRow[];
  readonly positions: readonly number[];
  readonly numbers: readonly Float32Array[];
}

/** In the list's places; undefined where they are not known. */
function spread({ of, positions, numbers }: Part): (Float32Array | undefined)[] {
  const all = new Array<Float32Array | undefined>(of.length).fill(undefined);
  positions.forEach((position, i) => {
    all[position] = numbers[i];
  });
  return all;
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
