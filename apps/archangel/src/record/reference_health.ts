import type { Metrics } from '@halokit/trainer';
import { whole } from '../terminal/numbers';

/**
 * Rewards beyond which a reference point is too high. An answer that the policy has not touched (d = 0) then weighs
 * sigma'(10) / sigma'(0) = 2 in 10,000 of what it did: thumbs on such answers teach nothing any more.
 */
const tooHigh = 10;

/**
 * Rewards by which the mean has to lie below 0 before its clamp matters. To move a reward by 0.1 changes the weight of an
 * example by a tenth at most, since |d log sigma'(z) / dz| <= 1.
 */
const below = 0.1;

/** Updates in a row. Were the mean as often above 0 as below, a million runs would have one in which it lay below for 20. */
const patience = { high: 3, zero: 20 };

/**
 * Watches KTO's reference point z0 from step to step, and says at most once each, in plain words, that it has run away and
 * that it has long been at its floor of 0. Losses whose metrics have no `kl/mean` have nothing said of them.
 *
 * @param beta what a log-ratio is scaled by to be a reward
 */
export function referenceHealth(beta: number): (step: number, metrics: Metrics) => string[] {
  const [high, zero] = [inARow(patience.high), inARow(patience.zero)];
  return (step, { kl, 'kl/mean': mean }) => {
    if (kl === undefined || mean === undefined) return [];
    const lines: string[] = [];
    const at = `Step ${whole(step)}: the reference point z0`;
    if (high(beta * kl > tooHigh)) {
      lines.push(
        `${at} is ${kl.toFixed(0)} nats, ${(beta * kl).toFixed(1)} times what moves a reward by 1: the policy has gone so far that ` +
          'thumbs on other answers hardly count. Lower the learning rate, or raise loss.beta.',
      );
    }
    if (zero(kl === 0 && beta * mean < -below)) {
      lines.push(
        `${at} has been at its floor of 0 for ${patience.zero} steps: answers to other prompts have become less likely than ` +
          `they were (mean ${mean.toFixed(2)} nats), so every answer is judged by where it started. ` +
          'If answers get worse, lower the learning rate, or raise loss.beta.',
      );
    }
    return lines;
  };
}

/** True once: when its condition has held so many times in a row. */
function inARow(times: number): (holds: boolean) => boolean {
  let [count, said] = [0, false];
  return (holds) => {
    count = holds ? count + 1 : 0;
    if (said || count < times) return false;
    said = true;
    return true;
  };
}
