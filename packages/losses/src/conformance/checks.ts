import * as tf from '@tensorflow/tfjs-core';
import type { Loss } from '../contract';
import { prepare } from '../probe/ask';
import { ordinaryProbe, replaced, selected, withoutTokens } from './probes';
import { type Outcome, prefixed, runLoss } from './run_loss';

/** Holds a loss against one rule. @returns what is wrong; undefined where nothing is */
export type Check = (loss: Loss) => Promise<string | undefined>;

/** Losses, rewards and metrics come one per example, and only for preferences rewards by side. */
export const onePerExample: Check = async (loss) => {
  const probe = ordinaryProbe(loss);
  const { shapes } = await runLoss(loss, probe);
  const n = probe.desirable.length;
  const wrong = Object.entries(shapes).find(([, shape]) => shape.length !== 1 || shape[0] !== n);
  if (wrong) return `${wrong[0]} has shape [${wrong[1]}] for ${n} examples: reduce nothing over examples, give [${n}].`;
  const expected = { demonstrations: [], binary: ['rewards'], preferences: ['rewards/chosen', 'rewards/rejected'] };
  const missing = expected[loss.feedback].find((name) => !shapes[name]);
  return missing && `${missing} is missing: a loss on ${loss.feedback} gives the implied rewards as well.`;
};

/** Numbers and gradients are finite on ordinary examples, extreme ones, and what is left of a batch. */
export const finite: Check = async (loss) => {
  const probe = ordinaryProbe(loss);
  const keep = (logp: number) => logp;
  const every = [...probe.desirable.keys()];
  const ofClass = (thumb: boolean) => every.filter((i) => probe.desirable[i] === thumb);
  const situations = {
    'an ordinary batch': probe,
    'a policy that equals its reference': { ...probe, sides: probe.sides.map((s) => ({ ...s, policy: s.reference })) },
    'log-probabilities of -1e4 a token': replaced(probe, () => -1e4, keep),
    'log-probabilities of +1e4 a token': replaced(probe, () => 1e4, keep),
    'reference log-probabilities of -1e4 a token': replaced(probe, keep, () => -1e4),
    'reference log-probabilities of +1e4 a token': replaced(probe, keep, () => 1e4),
    'log-probabilities of exactly 0': replaced(
      probe,
      () => 0,
      () => 0,
    ),
    'scores of +-1e4': {
      ...probe,
      sides: probe.sides.map((s, i) => ({ ...s, scores: s.scores.map(() => (i - 0.5) * 2e4) })),
    },
    'one example': selected(probe, [0]),
    'desirable examples only': selected(probe, ofClass(true)),
    'undesirable examples only': selected(probe, ofClass(false)),
    'no response token that counts': withoutTokens(probe),
  };
  for (const [situation, batch] of Object.entries(situations)) {
    const { results, gradients } = await runLoss(loss, batch);
    const all = { ...results, ...prefixed('the gradient of ', gradients) };
    const wrong = Object.entries(all).find(([, values]) => !values.every(Number.isFinite));
    if (wrong) return `With ${situation}, ${wrong[0]} is not finite: [${[...wrong[1]].slice(0, 6).join(', ')}].`;
  }
  return undefined;
};

/** The gradient is the loss's slope: a small step along it changes the loss by as much as it says. */
export const gradientIsSlope: Check = async (loss) => {
  const probe = ordinaryProbe(loss);
  const { gradients } = await runLoss(loss, probe);
  const fixed = loss.prepare && prepare(loss, probe);
  const frozen = { ...loss, prepare: fixed && (() => fixed) } as Loss;
  const norm = Math.hypot(...Object.values(gradients).flatMap((values) => [...values]));
  if (norm === 0) return 'The gradient is 0 on an ordinary batch: the loss teaches nothing.';
  const size = 1e-2;
  const moved = (sign: number) => ({
    ...probe,
    sides: probe.sides.map((side, i) => ({
      ...side,
      policy: along(side.policy, gradients[`policy ${i}`], (sign * size) / norm),
      values: along(side.values, gradients[`values ${i}`], (sign * size) / norm),
      scores: along([side.scores], gradients[`scores ${i}`], (sign * size) / norm)[0] ?? side.scores,
    })),
  });
  const mean = ({ results: { losses = new Float32Array() } }: Outcome) =>
    losses.reduce((sum, x) => sum + x, 0) / losses.length;
  const [up, down] = [mean(await runLoss(frozen, moved(1))), mean(await runLoss(frozen, moved(-1)))];
  const slope = (up - down) / (2 * size);
  const isClose = Math.abs(slope - norm) <= 0.02 * norm + 1e-4;
  return isClose
    ? undefined
    : `Along its gradient the loss rises by ${slope.toPrecision(4)} a unit, but the gradient says ${norm.toPrecision(4)}.`;
};

/** What stands behind a response's end changes nothing and gets no gradient. */
export const paddingIsIgnored: Check = async (loss) => {
  const probe = ordinaryProbe(loss);
  const [plain, padded] = [await runLoss(loss, probe), await runLoss(loss, probe, { padding: -7 })];
  return difference(plain, padded, 'changes with numbers where the mask is 0: multiply by the mask');
};

/** A batch in microbatches gives the same losses as in one piece, given the batch's statistics. */
export const microbatchesAgree: Check = async (loss) => {
  if (loss.wholeBatch) return undefined;
  const probe = ordinaryProbe(loss);
  const whole = await runLoss(loss, probe);
  for (const places of [[4, 0], [1], [5, 2, 3]]) {
    const part = await runLoss(loss, probe, { places });
    for (const [name, values] of Object.entries(part.results)) {
      const expected = places.map((i) => whole.results[name]?.[i] as number);
      const wrong = expected.findIndex((value, i) => !isNear(value, values[i] as number));
      if (wrong >= 0) {
        return (
          `${name} of example ${places[wrong]} is ${values[wrong]} in a microbatch and ${expected[wrong]} in the whole batch: ` +
          'take what couples examples from prepare, or declare wholeBatch.'
        );
      }
    }
  }
  return undefined;
};

/** The loss declares what it reads, and reads what it declares. */
export const needsAreTrue: Check = async (loss) => {
  const reads = new Set<string>();
  await runLoss(loss, ordinaryProbe(loss), { reads });
  // Nobody can see from outside what stands in a prompt.
  const { controlTokens: _, ...needs } = loss.needs ?? {};
  const idle = Object.entries(needs).find(([need, isNeeded]) => isNeeded && !reads.has(need));
  return idle && `It declares needs.${idle[0]} and never reads it: the trainer would compute it for nothing.`;
};

/** Statistics and state survive being written down, and nothing depends on an earlier call. */
export const plainData: Check = async (loss) => {
  const probe = ordinaryProbe(loss);
  const first = prepare(loss, probe);
  for (const part of ['statistics', 'state'] as const) {
    const written = first?.[part];
    if (written !== undefined && !deepEqual(JSON.parse(JSON.stringify(written)), written)) {
      return `The ${part} of prepare do not survive JSON: use numbers, texts, booleans, arrays and plain objects.`;
    }
  }
  const [once, again] = [await runLoss(loss, probe), await runLoss(loss, probe)];
  return difference(
    once,
    again,
    'differs when called again with the same batch: keep nothing between calls but the state',
  );
};

/** No tensor is left behind by `prepare`, nor by `losses` but what it returns. */
export const noLeak: Check = async (loss) => {
  await runLoss(loss, ordinaryProbe(loss));
  const before = tf.memory().numTensors;
  prepare(loss, ordinaryProbe(loss));
  const afterPrepare = tf.memory().numTensors;
  if (afterPrepare !== before) return `prepare leaves ${afterPrepare - before} tensors behind: it works on plain data.`;
  await runLoss(loss, ordinaryProbe(loss));
  const leaked = tf.memory().numTensors - before;
  return leaked === 0 ? undefined : `losses leaves ${leaked} tensors behind: keep none.`;
};

/** The first number of two outcomes that differs, in words. */
function difference(a: Outcome, b: Outcome, what: string): string | undefined {
  const all = ({ results, gradients }: Outcome) => ({ ...results, ...prefixed('the gradient of ', gradients) });
  const other = all(b);
  for (const [name, values] of Object.entries(all(a))) {
    const i = values.findIndex((value, i) => !isNear(value, other[name]?.[i] as number));
    if (i >= 0) return `${name} ${what} (${values[i]} against ${other[name]?.[i]} at ${i}).`;
  }
  return undefined;
}

function along(rows: readonly (readonly number[])[], gradient: Float32Array | undefined, scale: number): number[][] {
  const longest = Math.max(1, ...rows.map((row) => row.length));
  return rows.map((row, i) => row.map((x, t) => x + scale * (gradient?.[i * longest + t] ?? 0)));
}

function isNear(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-5 * (1 + Math.abs(a));
}

function deepEqual(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return Object.is(a, b);
  const isPlain = Array.isArray(b) || Object.getPrototypeOf(b) === Object.prototype;
  const [left, right] = [Object.entries(a), Object.entries(b).filter(([, value]) => value !== undefined)];
  return (
    isPlain && left.length === right.length && right.every(([key, value]) => deepEqual(a[key as keyof typeof a], value))
  );
}
