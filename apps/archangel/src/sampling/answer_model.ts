import { appendFile } from 'node:fs/promises';
import { endOfResponse } from '@halokit/data';
import { gatherTexts } from '@halokit/distributed';
import { type Completion, samplePrompts } from '@halokit/evaluation';
import type { CausalLM, ModelConfig } from '@halokit/models';
import type { AskedModel } from '../chat/asked_model';
import { tagsBehind } from '../chat/conversation';
import type { SampleConfig } from '../config/sample_config';
import { currentRanks } from '../ranks/ranks';
import { workTogether } from '../ranks/work_together';
import { progress } from '../terminal/progress';
import { type PlacedPrompt, promptTokens } from './fitting_prompts';

/** Bytes that keys and values may take of the prompts that are answered at once. */
const cacheBytes = 2 ** 29;

export interface AnswerOptions extends Pick<SampleConfig, 'temperature' | 'topP' | 'maxNewTokens'> {
  readonly seed: number;
  /** Prompts that are answered at once; default: as many as there is room for. */
  readonly rowsAtOnce?: number;
  /** Prompts whose answers are written together. */
  readonly chunk: number;
  /** The file that answers are added to. */
  readonly file: string;
  /** Answers that it has. */
  readonly kept: number;
  /** What is asked, in a word or two, for the progress. */
  readonly label: string;
  readonly signal: AbortSignal;
}

/**
 * Draws an answer to each prompt that has none yet and adds it to the file, a chunk at a time: what is in the file is whole
 * chunks, so that one which goes on draws what one that never stopped draws, to the bit.
 *
 * Of several ranks each answers a chunk at the same time, as it would be answered by one rank, and rank 0 writes them in order.
 *
 * @returns whether all are answered: false on every rank where any rank was asked to stop; the chunks that were being answered
 * then are lost
 */
export async function answerAll(
  model: CausalLM,
  asked: AskedModel,
  prompts: readonly PlacedPrompt[],
  { file, kept, chunk, label, signal, ...drawing }: AnswerOptions,
): Promise<boolean> {
  if (kept >= prompts.length) return true;
  const { rank, size } = currentRanks();
  const bar = progress(label, prompts.length, process.stderr, kept);
  try {
    for (let at = kept; at < prompts.length; at += chunk * size) {
      const round = prompts.slice(at, at + chunk * size);
      const part = round.slice(rank * chunk, (rank + 1) * chunk);
      // By the pace of this rank.
      const onProgress = (done: number) => bar.update(at + Math.floor((done / part.length) * round.length));
      const answer = (signal: AbortSignal) => answerChunk(model, asked, part, { ...drawing, signal, onProgress });
      const { value, stopped } = await workTogether(answer, { signal });
      await addChunks(file, value);
      if (!stopped) continue;
      bar.stop();
      return false;
    }
  } catch (error) {
    bar.stop();
    throw error;
  }
  bar.end();
  return true;
}

/** Adds what the ranks have, in their order, up to the first that has none. */
async function addChunks(file: string, own: readonly Completion[] = []): Promise<void> {
  const { communicator, first } = currentRanks();
  const text = own.map((completion) => `${JSON.stringify(completion)}\n`).join('');
  const texts = communicator ? await gatherTexts(communicator, text) : [text];
  const gap = texts.indexOf('');
  const whole = texts.slice(0, gap < 0 ? texts.length : gap);
  if (first && whole.length > 0) await appendFile(file, whole.join(''));
}

async function answerChunk(
  model: CausalLM,
  asked: AskedModel,
  prompts: readonly PlacedPrompt[],
  drawing: Omit<AnswerOptions, 'file' | 'kept' | 'chunk' | 'label'> & { onProgress(done: number): void },
): Promise<Completion[]> {
  const { tokenizer: loaded, format, controlToken } = asked;
  const { tokenizer } = loaded;
  const rows = prompts.map(({ turns }) => promptTokens(turns, asked, controlToken));
  const longest = rows.reduce((most, { length }) => Math.max(most, length), 0) + drawing.maxNewTokens;
  const samples = await samplePrompts({
    ...drawing,
    model,
    prompts: rows,
    places: prompts.map(({ place }) => place),
    // A tag that it writes is shown, whatever the tokenizer takes for special.
    tokenizer: {
      decode: (ids) => tokenizer.decode(ids, { special: true }),
      eosId: [...new Set([endOfResponse(format, tokenizer), tokenizer.eosId])],
    },
    stop: tagsBehind(format),
    rowsAtOnce: drawing.rowsAtOnce ?? rowsWithin(cacheBytes, asked.config, longest),
  });
  return samples.map(({ ids, text, finished }, i) => {
    const { id, set, turns, target } = prompts[i] as PlacedPrompt;
    const answer = { id, set, prompt: turns, response: text, tokens: ids.length, finished };
    if (target === undefined) return answer;
    // And its end token, which a finished answer's count has too.
    return { ...answer, target, targetTokens: tokenizer.encode(target, { continues: true }).length + 1 };
  });
}

/** Rows of which keys and values, float32, take at most so many bytes; grouped queries take less than is counted. */
export function rowsWithin(bytes: number, { numLayers, hiddenSize }: ModelConfig, tokens: number): number {
  return Math.max(1, Math.floor(bytes / (2 * 4 * numLayers * hiddenSize * tokens)));
}
