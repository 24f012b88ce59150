import type { Loss } from '../contract';
import type { Probe, Side } from '../probe/probe';

const lengths = [5, 3, 1, 4, 2, 5] as const;

/** An ordinary batch of six examples, always the same. */
export function ordinaryProbe(loss: Loss): Probe {
  const random = numbers();
  const side = (): Side => {
    const reference = lengths.map((length) => Array.from({ length }, () => -0.05 - 3 * random()));
    return {
      reference,
      policy: reference.map((row) => row.map((logp) => Math.min(-0.01, logp + 0.8 * (random() - 0.4)))),
      values: lengths.map((length) => Array.from({ length }, () => random() - 0.5)),
      scores: lengths.map(() => 3 * (random() - 0.5)),
    };
  };
  return {
    sides: loss.feedback === 'preferences' ? [side(), side()] : [side()],
    desirable: [true, false, true, true, false, false],
    kl: side(),
    groups: [0, 0, 1, 1, 2, 2],
  };
}

/** The same batch with other numbers in the policy and the reference, token by token. */
export function replaced(probe: Probe, policy: (logp: number) => number, reference: (logp: number) => number): Probe {
  const all = (rows: Side['policy'], f: (logp: number) => number) => rows.map((row) => row.map(f));
  const side = (s: Side): Side => ({ ...s, policy: all(s.policy, policy), reference: all(s.reference, reference) });
  return { ...probe, sides: probe.sides.map(side), kl: side(probe.kl) };
}

/** The examples at these places, as a batch of their own. */
export function selected(probe: Probe, places: readonly number[]): Probe {
  const pick = <T>(items: readonly T[]): T[] => places.map((i) => items[i] as T);
  const side = (s: Side): Side => ({
    policy: pick(s.policy),
    reference: pick(s.reference),
    values: pick(s.values),
    scores: pick(s.scores),
  });
  return {
    sides: probe.sides.map(side),
    desirable: pick(probe.desirable),
    kl: side(probe.kl),
    groups: pick(probe.groups),
  };
}

/** The same batch without a single response token. */
export function withoutTokens(probe: Probe): Probe {
  const side = (s: Side): Side => {
    const empty = s.scores.map(() => []);
    return { policy: empty, reference: empty, values: empty, scores: s.scores };
  };
  return { ...probe, sides: probe.sides.map(side), kl: side(probe.kl) };
}

/** Numbers in [0, 1), the same ones every time: a minimal standard generator. */
function numbers(): () => number {
  let state = 20_240_202;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}
