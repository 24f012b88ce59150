import type { FileLabelCache } from '@halokit/data/node';
import type { Judge, Question, Verdict } from '@halokit/evaluation';

/** Verdicts as the numbers that a cache of scores keeps. */
const verdicts: readonly Verdict[] = ['tie', 'first', 'second', 'unparsable'];

/** The same judge, whose verdicts are in the cache before they count: one that is stopped is not asked again. */
export function keptVerdicts(judge: Judge, version: string, cache: FileLabelCache): Judge {
  return async (question: Question) => {
    const { prompt, turns, first, second } = question;
    const text = JSON.stringify([turns ?? prompt, first, second]);
    const known = verdicts[(await cache.get(version, text)) ?? -1];
    if (known !== undefined) return known;
    const answer = await judge(question);
    const verdict = typeof answer === 'string' ? answer : answer?.verdict;
    const place = verdicts.indexOf(verdict);
    if (place >= 0) await cache.set(version, text, place);
    return answer;
  };
}
