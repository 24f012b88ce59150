import PQueue from 'p-queue';
import { checkScoreOptions, type ScoreOptions } from './score_options';
import type { Scorer } from './scorer';
import { ScoringRun } from './scoring_run';

/**
 * The score of each distinct text; texts that were given up are missing. A text is asked for once however often it
 * occurs, and not at all if the cache has it; a score is in the cache before it counts as done.
 *
 * @throws InputError for options of the wrong type, ScoringError for a text that gets no score, the signal's reason
 */
export async function scoreTexts(
  texts: Iterable<string>,
  scorer: Scorer,
  options: ScoreOptions,
): Promise<ReadonlyMap<string, number>> {
  const { concurrency = 4, cache, onProgress } = options;
  checkScoreOptions(options);
  const distinct = new Set(texts);
  let done = 0;
  let cached = 0;
  let failed = 0;
  const say = () => onProgress?.({ total: distinct.size, done, cached, failed });

  const scores = new Map<string, number>();
  const open: string[] = [];
  for (const text of distinct) {
    options.signal?.throwIfAborted();
    const known = await cache?.get(scorer.name, text);
    if (known === undefined) open.push(text);
    else scores.set(text, known);
  }
  cached = scores.size;
  done = cached;
  say();

  const onScore = (text: string, score: number) => {
    scores.set(text, score);
    done += 1;
    say();
  };
  const onGivenUp = () => {
    failed += 1;
    say();
  };
  const run = new ScoringRun(scorer, options);
  const queue = new PQueue({ concurrency });
  for (let at = 0; at < open.length && !run.isOver; at += scorer.batchSize) {
    // No more requests are made ready than are soon made, however many texts there are.
    await queue.onSizeLessThan(concurrency);
    const batch = open.slice(at, at + scorer.batchSize);
    queue.add(() => run.score(batch, onScore, onGivenUp)).catch((error) => run.end(error));
  }
  await queue.onIdle();
  run.finish();
  return scores;
}
