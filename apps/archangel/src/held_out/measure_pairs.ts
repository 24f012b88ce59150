import type { TokenizedPreference } from '@halokit/data';
import {
  type Calibration,
  type HeldOutRewards,
  marginCalibration,
  pairLogRatios,
  type Sides,
  summarise,
} from '@halokit/evaluation';
import { progress } from '../terminal/progress';
import { dealt } from './dealt';
import type { Evaluation } from './evaluation';
import type { Figure } from './figure';
import { pairRows } from './held_out_examples';
import { scoresOf } from './scores_of';
import type { Measured } from './slices';

/** How well the reward tells chosen from rejected, and whether it does so as often as its margins promise. */
export async function measurePairs(
  evaluation: Evaluation,
  pairs: readonly TokenizedPreference[],
): Promise<Measured & { readonly calibration: Calibration }> {
  const { byScores } = evaluation;
  const rewards = byScores ? await scored(evaluation, pairs) : await logRatios(evaluation, pairs);
  const scale = byScores ? 1 : evaluation.beta;
  const of = <T>(items: readonly T[], places: readonly number[]) => places.map((i) => items[i] as T);
  return {
    lengths: pairs.map(({ chosen, rejected }) => Math.max(chosen.length, rejected.length)),
    figuresOf: (places) => pairFigures(summarise(of(pairs, places), of(rewards, places), scale), byScores),
    calibration: marginCalibration(rewards.map(({ chosen, rejected }) => scale * (chosen - rejected))),
  };
}

function pairFigures(rewards: HeldOutRewards, byScores: boolean): Figure[] {
  const { accuracy, pValue, shorterWins, overShorter, margin, logRatio } = rewards;
  const { pValue: overValue, ...over } = overShorter;
  const word = byScores ? 'score' : 'reward';
  return [
    { name: `${word} accuracy`, estimate: accuracy, unit: 'share', noEffect: 0.5, pValue },
    { name: 'rule "the shorter answer wins"', estimate: shorterWins, unit: 'share' },
    { name: `${word} accuracy over that rule`, estimate: over, unit: 'share', noEffect: 0, pValue: overValue },
    { name: `${word} margin`, estimate: margin, unit: word, noEffect: 0 },
    ...(byScores ? [] : [{ name: 'log-ratio of held-out answers', estimate: logRatio, unit: 'nats' } as const]),
  ];
}

async function logRatios(evaluation: Evaluation, preferences: readonly TokenizedPreference[]) {
  const { policy, reference, rowsAtOnce, silent } = evaluation;
  const known = sidesOf(await reference.logps(pairRows(preferences)));
  const ratios = await dealt(preferences, 2, async (some, from) => {
    const bar = silent ? undefined : progress('evaluating', some.length);
    const onProgress = (done: number) => bar?.update(done);
    const referenceLogps = known.slice(from, from + some.length);
    const sides = await pairLogRatios({ policy, referenceLogps, preferences: some, rowsAtOnce, onProgress });
    bar?.end();
    return sides.flatMap(({ chosen, rejected }) => [chosen, rejected]);
  });
  return sidesOf(ratios);
}

async function scored({ policy, rowsAtOnce }: Evaluation, preferences: readonly TokenizedPreference[]) {
  return sidesOf(await dealt(preferences, 2, (some) => scoresOf(policy, pairRows(some), rowsAtOnce)));
}

/** What was said of rows that `pairRows` gave, by pair. */
function sidesOf<T>(said: readonly T[]): Sides<T>[] {
  return Array.from({ length: said.length / 2 }, (_, i) => {
    return { chosen: said[2 * i] as T, rejected: said[2 * i + 1] as T };
  });
}
