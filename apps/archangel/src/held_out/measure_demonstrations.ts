import type { TokenizedDemonstration } from '@halokit/data';
import { heldOutLosses, lossesPerToken, meanInterval } from '@halokit/evaluation';
import { dealt } from './dealt';
import type { Evaluation } from './evaluation';
import type { Measured } from './slices';

/** The loss per token before training and after it. */
export async function measureDemonstrations(
  { policy, reference, rowsAtOnce }: Evaluation,
  examples: readonly TokenizedDemonstration[],
): Promise<Measured> {
  const before = lossesPerToken(await reference.logps(examples));
  const after = await dealt(examples, 1, (some) => heldOutLosses(policy, some, { rowsAtOnce }));
  const lower = before.map((loss, i) => loss - (after[i] as number));
  const mean = (losses: readonly number[], places: readonly number[]) =>
    meanInterval(places.map((i) => losses[i] as number));
  return {
    lengths: examples.map(({ response }) => response.length),
    figuresOf: (places) => [
      { name: 'loss per token, before', estimate: mean(before, places), unit: 'nats' },
      { name: 'loss per token, after', estimate: mean(after, places), unit: 'nats' },
      { name: 'loss per token, lower by', estimate: mean(lower, places), unit: 'nats', noEffect: 0 },
    ],
  };
}
