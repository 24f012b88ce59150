import type { Metrics } from '@halokit/trainer';

/** What a step has to say in a few words, the most telling first: `loss 0.482, margin 0.213, KL 1.31, 812 tokens/s`. */
export function stepNote(metrics: Metrics): string {
  const { loss, 'rewards/margins': margin, kl, tokens_per_second: speed } = metrics;
  return [
    `loss ${loss.toFixed(3)}`,
    ...(margin === undefined ? [] : [`margin ${margin.toFixed(3)}`]),
    ...(kl === undefined ? [] : [`KL ${kl.toFixed(2)}`]),
    ...(speed === undefined ? [] : [`${speed.toFixed(0)} tokens/s`]),
  ].join(', ');
}
