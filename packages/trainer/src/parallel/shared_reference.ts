import type { TokenRow } from '@halokit/models';
import { promptKeys } from '../dataset';
import { groupsOf } from '../prompt_groups';
import { type AskOptions, type Reference, remembered } from '../reference';
import type { Communicator } from './communicator';
import { deal } from './deal';
import { abortedAnywhere, exchangeRows } from './exchange';

/**
 * A reference of which every rank has one and answers a share of the rows. All ranks have to ask for the same rows, as `train`
 * does, and all get all answers. Rows of one prompt stay together.
 *
 * @throws AbortError where a question's signal is aborted on any rank
 *
 * @example
 * const reference = sharedReference(referenceModel(cloneModel(policy)), communicator);
 * const run = train({ policy, reference, communicator, loss, dataset, plan, optimizer, learningRate });
 */
export function sharedReference(reference: Reference, communicator: Communicator): Reference {
  const logps = async (rows: readonly TokenRow[], options?: AskOptions): Promise<Float32Array[]> => {
    if (options?.signal && (await abortedAnywhere(options.signal, communicator))) {
      options.signal.throwIfAborted();
      throw new DOMException('Another rank was asked to stop.', 'AbortError');
    }
    const own = ownRows(rows, communicator);
    const answers = own.length > 0 ? await reference.logps(own.map((i) => rows[i] as TokenRow)) : [];
    const known = new Array<Float32Array | undefined>(rows.length).fill(undefined);
    own.forEach((place, i) => {
      known[place] = answers[i];
    });
    const lengths = rows.map(({ response }) => response.length);
    return await exchangeRows(known, lengths, communicator);
  };
  if (!reference.prefetch) return { logps };
  // Whoever asks for all at once would rather ask once.
  const known = remembered({ logps });
  return { logps: known.logps, prefetch: async (...asked) => void (await known.logps(...asked)) };
}

/** Places of the rows that are this rank's to answer. */
function ownRows(rows: readonly TokenRow[], { rank, size }: Communicator): number[] {
  const prompts = groupsOf(promptKeys({ examples: rows }));
  const costs = prompts.map((places) => {
    const { prompt } = rows[places[0] as number] as TokenRow;
    // A token of a response has its logits computed, and costs about twice as much.
    return places.reduce((sum, i) => sum + 2 * (rows[i] as TokenRow).response.length, prompt.length);
  });
  const own = (deal(costs, size)[rank] as number[]).flatMap((group) => prompts[group] as number[]);
  return own.sort((a, b) => a - b);
}
