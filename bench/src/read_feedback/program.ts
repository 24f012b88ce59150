// Reads a file of pairs as its first argument says, in JSON, and prints what that took.
import {
  type Binary,
  createTokenizer,
  type Preference,
  streamFeedback,
  Tally,
  type TextTokenizer,
  toBinary,
  tokenizeBinaryStream,
  trainTokenizer,
  tulu,
} from '@halokit/data';
import { loadTokenizer, readRows } from '@halokit/data/node';
import { peakBytes } from '../peak_memory';
import type { Job, Outcome } from './protocol';

const { file, tokenizer: path, tokenize } = JSON.parse(process.argv[2] as string) as Job;

async function* pairs(): AsyncGenerator<Preference> {
  for await (const { kind, example } of streamFeedback(readRows(file), new Tally())) {
    if (kind === 'preferences') yield example;
  }
}

async function* thumbs(): AsyncGenerator<Binary> {
  for await (const pair of pairs()) yield* toBinary({ kind: 'preferences', examples: [pair] });
}

/** The one asked for, or a small one trained on the first rows. */
async function openTokenizer(): Promise<TextTokenizer> {
  if (path !== undefined) return (await loadTokenizer(path)).tokenizer;
  const texts: string[] = [];
  for await (const { chosen } of pairs()) if (texts.push(chosen) === 1000) break;
  return createTokenizer(trainTokenizer(texts, 1000, ['<|endoftext|>']));
}

const tokenizer = tokenize ? await openTokenizer() : undefined;
const started = performance.now();
let [rows, promptTokens, responseTokens] = [0, 0, 0];
if (tokenizer) {
  const options = { tokenizer, format: tulu, maxLength: 1024, maxPromptLength: 512, longPrompts: 'cut' } as const;
  for await (const { prompt, response } of tokenizeBinaryStream(thumbs(), options, new Tally())) {
    rows += 1;
    promptTokens += prompt.length;
    responseTokens += response.length;
  }
} else {
  for await (const _ of pairs()) rows += 1;
}
const seconds = (performance.now() - started) / 1000;
const outcome: Outcome = { seconds, rows, promptTokens, responseTokens, peakBytes: peakBytes() };
console.log(JSON.stringify(outcome));
