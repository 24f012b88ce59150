import type { TokenizedBinary } from '@halokit/data';
import { binaryLogRatios, meanInterval, summariseBinary } from '@halokit/evaluation';
import { progress } from '../terminal/progress';
import { dealt } from './dealt';
import type { Evaluation } from './evaluation';
import type { Figure } from './figure';
import { scoresOf } from './scores_of';
import type { Measured } from './slices';

/** How well the reward tells a thumb up from a thumb down, where there are no pairs. */
export async function measureThumbs(evaluation: Evaluation, examples: readonly TokenizedBinary[]): Promise<Measured> {
  const { byScores, policy, rowsAtOnce } = evaluation;
  const rewards = byScores
    ? await dealt(examples, 1, (some) => scoresOf(policy, some, rowsAtOnce))
    : await logRatios(evaluation, examples);
  const scale = byScores ? 1 : evaluation.beta;
  const word = byScores ? 'score' : 'reward';
  const of = <T>(items: readonly T[], places: readonly number[]) => places.map((i) => items[i] as T);
  const logRatio = (places: readonly number[]): Figure[] => {
    const estimate = meanInterval(of(rewards, places));
    return byScores ? [] : [{ name: 'log-ratio of held-out answers', estimate, unit: 'nats' }];
  };
  return {
    lengths: examples.map(({ response }) => response.length),
    figuresOf(places) {
      const { auc, pValue, desirable, undesirable } = summariseBinary(of(examples, places), of(rewards, places), scale);
      return [
        { name: 'area under the ROC curve', estimate: auc, unit: 'share', noEffect: 0.5, pValue },
        { name: `${word} of desirable answers`, estimate: desirable, unit: word },
        { name: `${word} of undesirable answers`, estimate: undesirable, unit: word },
        ...logRatio(places),
      ];
    },
    classes: examples.map(({ desirable }) => (desirable ? 'desirable' : 'undesirable')),
    figuresOfClass(places) {
      const estimate = meanInterval(of(rewards, places).map((reward) => scale * reward));
      return [{ name: `${word} of the answers`, estimate, unit: word }, ...logRatio(places)];
    },
  };
}

async function logRatios(evaluation: Evaluation, examples: readonly TokenizedBinary[]): Promise<number[]> {
  const { policy, reference, rowsAtOnce, silent } = evaluation;
  const known = await reference.logps(examples);
  return dealt(examples, 1, async (some, from) => {
    const bar = silent ? undefined : progress('evaluating', some.length);
    const onProgress = (done: number) => bar?.update(done);
    const referenceLogps = known.slice(from, from + some.length);
    const ratios = await binaryLogRatios({ policy, referenceLogps, examples: some, rowsAtOnce, onProgress });
    bar?.end();
    return ratios;
  });
}
