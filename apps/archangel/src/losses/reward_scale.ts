import type { Loss } from '@halokit/losses';

/**
 * By what a held-out log-ratio is scaled to be a reward: the loss's `beta` where its rewards are log-ratios to a reference,
 * else 1, since SLiC's beta is a margin and SimPO's scales something else.
 */
export function rewardScale({ needs }: Loss, { beta }: Readonly<Record<string, unknown>>): number {
  return needs?.reference && typeof beta === 'number' ? beta : 1;
}
