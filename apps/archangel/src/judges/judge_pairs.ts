import { type Completion, conversationText, type WinRate, winRate } from '@halokit/evaluation';
import type { Spending } from '@halokit/evaluation/node';
import { progress } from '../terminal/progress';
import type { FoundJudge } from './found_judge';
import { judgingError } from './judging_error';

interface JudgingOptions {
  /** What is judged, in a word or two, for the progress. */
  readonly label: string;
  readonly concurrency: number;
  readonly signal: AbortSignal;
}

/** Two answers to a prompt. */
interface AskedPair {
  readonly candidate: Pick<Completion, 'prompt' | 'response'>;
  readonly baseline: string;
}

/**
 * Has all pairs judged, in both orders, and shows how far that is and what it costs.
 *
 * @throws InputError where the judge cannot go on; what it has said until then is kept where it is paid for
 */
export async function judgePairs(
  { pairs }: { readonly pairs: readonly AskedPair[] },
  found: FoundJudge,
  options: JudgingOptions,
): Promise<WinRate> {
  const { label, signal } = options;
  const bar = progress(label, pairs.length);
  const prompts = pairs.map(({ candidate }) => candidate.prompt);
  try {
    const result = await winRate({
      prompts: prompts.map(conversationText),
      turns: prompts,
      candidates: pairs.map(({ candidate }) => candidate.response),
      baselines: pairs.map(({ baseline }) => baseline),
      judge: found.judge,
      concurrency: found.concurrency ?? options.concurrency,
      onProgress: (done) => bar.update(done, spendingNote(found.spending?.())),
      signal,
    });
    bar.end(spendingNote(found.spending?.()));
    return result;
  } catch (error) {
    bar.stop();
    throw signal.aborted ? error : judgingError(error);
  }
}

/** `0.42 paid, 12 from the cache`. */
function spendingNote(spending: Spending | undefined): string {
  if (!spending) return '';
  const { paid, cached } = spending;
  const parts = [paid === undefined ? '' : `${money(paid)} paid`, cached === 0 ? '' : `${cached} from the cache`];
  return parts.filter((part) => part !== '').join(', ');
}

/** With two digits, or as many as a small sum needs: `12.30`, `0.0042`. */
export function money(amount: number): string {
  return amount === 0 || amount >= 0.1 ? amount.toFixed(2) : String(Number(amount.toPrecision(2)));
}
