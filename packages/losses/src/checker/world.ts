import type { Loss } from '../contract';
import type { RewardKind } from './report';

/** A made-up response. The numbers below become log-probabilities by `tokensOf`. */
export interface Response {
  /** Its reward in nats. Where rewards are log-probabilities: above the world's level. */
  readonly reward: number;
  /** Tokens, even or 1. */
  readonly length: number;
  /** Moves this much from one token to the next, at equal reward. */
  readonly twist: number;
  /** Moves what the reward does not see: policy and reference alike, or the reference alone. */
  readonly unseen: number;
}

export interface Example {
  readonly response: Response;
  /** The rejected response of a pair. */
  readonly other?: Response;
  /** Mismatched row. */
  readonly kl?: Response;
  readonly desirable: boolean;
}

/** A batch to ask a loss about. */
export interface World {
  readonly examples: readonly Example[];
  readonly reward: RewardKind;
  /** Log-probabilities lie around minus this, so that they stay negative. */
  readonly level: number;
}

/** Even examples are desirable, odd ones not; the first of each class is looked at, the others are its batch. */
export const exampleCount = 6;

/** Responses of a world, to map over: the example, and which of its responses. */
export type Slot = 'response' | 'other' | 'kl';

/** A world of responses that `make` gives; only those that the loss's feedback and needs ask for. */
export function worldOf(
  loss: Loss,
  reward: RewardKind,
  level: number,
  make: (index: number, slot: Slot) => Response,
): World {
  const examples = Array.from({ length: exampleCount }, (_, i) => ({
    response: make(i, 'response'),
    ...(loss.feedback === 'preferences' && { other: make(i, 'other') }),
    ...(loss.needs?.kl && { kl: make(i, 'kl') }),
    desirable: loss.feedback !== 'binary' || i % 2 === 0,
  }));
  return { examples, reward, level };
}

/** The world with every response that it has replaced by `change` of it. */
export function changed(world: World, change: (response: Response, index: number, slot: Slot) => Response): World {
  const examples = world.examples.map((example, i) => ({
    ...example,
    response: change(example.response, i, 'response'),
    ...(example.other && { other: change(example.other, i, 'other') }),
    ...(example.kl && { kl: change(example.kl, i, 'kl') }),
  }));
  return { ...world, examples };
}

export function shifted(response: Response, by: number): Response {
  return { ...response, reward: response.reward + by };
}

/** Log-probabilities per response token. */
export interface Tokens {
  readonly policy: readonly number[];
  readonly reference: readonly number[];
}

/** The response in log-probabilities. Rewards, levels and twists that are multiples of a power of 2 come out exactly. */
export function tokensOf({ reward, length, twist, unseen }: Response, { reward: kind, level }: World): Tokens {
  const positions = Array.from({ length }, (_, t) => t);
  const share = (total: number) => (kind.startsWith('mean') ? total : total / length);
  const turn = (t: number) => (length === 1 ? 0 : t % 2 === 0 ? twist : -twist);
  const hidden = (t: number) => unseen * (t + 1);
  if (kind.endsWith('ratio')) {
    const reference = positions.map((t) => -level - hidden(t));
    return { reference, policy: positions.map((t) => (reference[t] as number) + share(reward) + turn(t)) };
  }
  return {
    reference: positions.map((t) => -level / 2 - hidden(t)),
    policy: positions.map((t) => share(reward - level) + turn(t)),
  };
}

/** The largest sum of absolute log-probabilities of a response: what float32 rounding of a reward is relative to. */
export function magnitude(world: World): number {
  const sizes = world.examples.flatMap(({ response, other, kl }) =>
    [response, other, kl].map((r) => {
      if (!r) return 0;
      const { policy, reference } = tokensOf(r, world);
      return [...policy, ...reference].reduce((sum, x) => sum + Math.abs(x), 0);
    }),
  );
  return Math.max(...sizes);
}
