import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { disposeModel, generateStream } from '@halokit/models';
import { loadAdapter } from '@halokit/models/node';
import { defineCommand } from 'citty';
import { backendWords, chooseBackend } from '../backend';
import { findAsked } from '../chat/asked_model';
import { type Answer, ChatLoop } from '../chat/chat_loop';
import { Conversation } from '../chat/conversation';
import { type ChatConfig, chatConfig } from '../config/chat_config';
import { configFlags } from '../config/describe';
import { readFlags } from '../config/flags';
import { validate } from '../config/validate';
import { loadFound } from '../stages/find_model';

export const chatCommand = defineCommand({
  meta: { name: 'chat', description: 'Talk to a model, in the terminal or line for line.' },
  args: configFlags(chatConfig),
  run: ({ rawArgs }) => runChat(rawArgs),
});

/** Opens a model and answers what is written, until there is no more. Answers go to stdout, all else to stderr. */
async function runChat(args: readonly string[]): Promise<void> {
  const config = validate(chatConfig, readFlags(withFlag(args)), 'command line');
  const { model, conversation, decode } = await open(config);
  const answer: Answer = async function* (ids, turn, signal) {
    const { maxNewTokens, temperature, topP, topK, repetitionPenalty, seed } = config;
    const sampling = {
      temperature,
      topP,
      repetitionPenalty,
      ...(topK !== undefined && { topK }),
      seeds: [seed + turn],
    };
    const ends = { eosId: conversation.ends, stop: conversation.stops, decode };
    for await (const token of generateStream(model, [ids], { maxNewTokens, ...sampling, ...ends, signal })) {
      yield token;
      // Backends that compute at once would let nobody press a key.
      await setImmediate();
    }
  };
  try {
    await converse(conversation, answer);
  } finally {
    disposeModel(model);
  }
}

/** `chat MODEL` is `chat --model MODEL`. */
function withFlag([first, ...rest]: readonly string[]): string[] {
  if (first === undefined) return [];
  return first.startsWith('--') ? [first, ...rest] : ['--model', first, ...rest];
}

async function open(config: ChatConfig) {
  const { offline, backend, maxNewTokens, system, adapter } = config;
  const {
    place,
    found,
    config: shape,
    tokenizer: loaded,
    format,
    controlToken,
  } = await findAsked(config.model, config);
  const { tokenizer } = loaded;
  const { maxPositionEmbeddings: context } = shape;
  const conversation = new Conversation({
    ...{ tokenizer, format, context, maxNewTokens },
    ...(system !== undefined && { system }),
    ...(controlToken !== undefined && { controlToken }),
  });
  const computing = backendWords(await chooseBackend(backend, config));
  const base = await loadFound(found, { offline, trainable: false });
  const model = adapter === undefined ? base : await loadAdapter(base, adapter, { trainable: false });
  const control = controlToken === undefined ? '' : `, control token ${controlToken}`;
  console.error(`${place}: format ${format.name}${control}, context ${context} tokens; ${computing}. /help says more.`);
  return { model, conversation, decode: (ids: readonly number[]) => tokenizer.decode(ids, { special: true }) };
}

async function converse(conversation: Conversation, answer: Answer): Promise<void> {
  const { stdin, stdout } = process;
  const terminal = stdin.isTTY && stdout.isTTY;
  const reader = createInterface({ input: stdin, terminal, ...(terminal && { output: stdout, prompt: '> ' }) });
  let open = true;
  reader.once('close', () => {
    open = false;
  });
  const loop = new ChatLoop(conversation, answer, {
    lines: reader,
    prompt: () => (terminal && open ? reader.prompt() : undefined),
    write: (text) => stdout.write(text),
    note: (text) => console.error(text),
  });
  const interrupt = () => {
    if (!loop.interrupt()) reader.close();
  };
  reader.on('SIGINT', interrupt);
  process.on('SIGINT', interrupt);
  try {
    await loop.run();
  } finally {
    process.off('SIGINT', interrupt);
    reader.close();
  }
}
