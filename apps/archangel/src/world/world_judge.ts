import { functionScorer, type Scorer } from '@halokit/data';
import type { ScoredText } from '@halokit/evaluation';
import type { FoundJudge } from '../judges/found_judge';
import { judge, verdict } from './judge';

/** What a person calls the demo world's judge: `--judge world`, `--by world`. */
export const worldName = 'world';

/** The demo world's judge of pairs: for the answer that meets more criteria. It throws InputError where `judge` does. */
export function worldJudge(): FoundJudge {
  return { name: worldName, judge: verdict, close: async () => {} };
}

/**
 * The demo world's judge of single answers: the share of the criteria that are met, 0 to 1.
 *
 * @param read gives the prompt and response that a text stands for
 */
export function worldScorer(read: (text: string) => ScoredText): Scorer {
  return functionScorer('the demo world', (text) => {
    const { prompt, response } = read(text);
    return judge(prompt, response).score;
  });
}
