import { Template } from '@huggingface/jinja';
import type { Prompt } from '../feedback';
import { InputError } from '../input_error';
import type { ChatFormat, FormattedPiece } from './chat_format';
import { readEnding } from './chat_template_ending';
import { type Layout, otherFormat, type RenderTurns, readLayout, writtenOtherwise } from './chat_template_layout';
import { fillSlots, type Slots } from './chat_template_slots';
import { findTemplate } from './chat_template_source';
import type { TextTokenizer } from './tokenizer';
import { UnfitTurns } from './unfit_turns';

export interface ChatTemplateOptions {
  /** Which template, where the config lists several: `default` unless told otherwise. */
  readonly name?: string;
  /** What the template may ask for beside the turns, such as `enable_thinking` or a fixed `date_string`. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** The config's name, for errors. */
  readonly file?: string;
}

/** Layouts kept; conversations have few sequences of roles. */
const knownLayouts = 1000;

/**
 * The tokenizer's own chat template as a format: the `chat_template` of its `tokenizer_config.json`, in Jinja.
 *
 * The prompt is rendered as sampling does, with the tag that asks for a response, and must be what the whole conversation
 * begins with; the response stands right behind it. Where the template writes that tag only once a response follows, it
 * is taken into the prompt; white space there begins the response. The first special token behind a response ends it.
 * Every token is the template's, the beginning token too: as Transformers' `apply_chat_template`, none is added.
 *
 * A template may trim white space around what somebody wrote. Otherwise every turn must be there once, as it was written.
 *
 * @param config the contents of `tokenizer_config.json`
 * @throws InputError when there is no template, or one that cannot be used; the format's functions, for turns that the
 * template refuses, leaves out or rewrites, or whose prompt it writes otherwise once a response follows
 */
export function chatTemplate(config: object, tokenizer: TextTokenizer, options: ChatTemplateOptions = {}): ChatFormat {
  const { file = 'tokenizer_config.json', name = 'default', variables } = options;
  const source = findTemplate(config, file, name);
  const render = renderer(source.template, { ...source.tokens, tools: null, documents: null, ...variables }, file);
  const { end } = readEnding(probe(render, file).tail, tokenizer, file);

  const layouts = new Map<string, Layout>();
  const layoutOf = (turns: Prompt, again: boolean) => {
    const roles = turns.map(({ role }) => role);
    const key = roles.join();
    const known = again ? undefined : layouts.get(key);
    if (known) return known;
    const layout = readLayout(roles, render);
    if (readEnding(layout.tail, tokenizer, file).end !== end) {
      throw new UnfitTurns('the chat template ends this response with another token than others', `${otherFormat}.`);
    }
    if (layouts.size >= knownLayouts) layouts.clear();
    layouts.set(key, layout);
    return layout;
  };
  // What is known may be out of date (a template that writes the time), so it is read again before turns are refused.
  const fill = (turns: Prompt, contents: readonly string[], rendered: string, slotsOf: (layout: Layout) => Slots) => {
    const pieces = fillSlots(slotsOf(layoutOf(turns, false)), contents, rendered);
    return typeof pieces === 'number' ? fillSlots(slotsOf(layoutOf(turns, true)), contents, rendered) : pieces;
  };

  const prompts = new WeakMap<Prompt, string>();
  const promptText = (turns: Prompt, again = false) => {
    const known = again ? undefined : prompts.get(turns);
    if (known !== undefined) return known;
    const text = render(turns, true) + layoutOf(turns, again).lateTag;
    prompts.set(turns, text);
    return text;
  };
  const behindPrompt = (turns: Prompt, whole: string) => {
    for (const again of [false, true]) {
      const prompt = promptText(turns, again);
      if (whole.startsWith(prompt)) return whole.slice(prompt.length);
    }
    throw writtenOtherwise();
  };

  return {
    name: name === 'default' ? 'chat template' : `chat template ${name}`,
    ...(end !== undefined && { end }),
    writesBeginning: true,
    prompt(turns) {
      const contents = turns.map(({ content }) => content);
      return asWritten(
        fill(turns, contents, promptText(turns), ({ prompt }) => prompt),
        turns.length,
      );
    },
    response(turns, response) {
      const whole = render([...turns, { role: 'assistant', content: response }], false);
      const contents = [...turns.map(({ content }) => content), response];
      const slotsOf = ({ lead, tail }: Layout) => [lead, { turn: turns.length }, tail];
      const pieces = asWritten(fill(turns, contents, behindPrompt(turns, whole), slotsOf), turns.length);
      const { before } = readEnding((pieces[2] as FormattedPiece).text, tokenizer, file);
      return [...pieces.slice(0, 2), { text: before, written: false }];
    },
  };
}

function asWritten(pieces: FormattedPiece[] | number, responseAt: number): FormattedPiece[] {
  if (typeof pieces !== 'number') return pieces;
  const what = pieces < responseAt ? `turn ${pieces + 1}` : 'the response';
  throw new UnfitTurns(`the chat template rewrites ${what}`, `${otherFormat}.`);
}

function renderer(template: string, variables: Readonly<Record<string, unknown>>, file: string): RenderTurns {
  let parsed: Template;
  try {
    parsed = new Template(template);
  } catch (error) {
    throw new InputError(`${file}: chat_template is not a template this program can use (${said(error)}).`);
  }
  return (messages, add_generation_prompt) => {
    try {
      return parsed.render({ ...variables, messages, add_generation_prompt });
    } catch (error) {
      throw new UnfitTurns(
        `the chat template refuses these turns: ${said(error)}`,
        'Change them, drop such rows (unfitTurns: drop), or use the tulu format.',
      );
    }
  };
}

/** Its message on one line. */
function said(error: unknown): string {
  return (error as Error).message.replace(/\s+/g, ' ').trim().replace(/\.$/, '');
}

/** The layout of the shortest conversation; a template may want a system turn before it. */
function probe(render: RenderTurns, file: string): Layout {
  try {
    return readLayout(['user'], render);
  } catch (first) {
    try {
      return readLayout(['system', 'user'], render);
    } catch {
      throw new InputError(`${file}: cannot be used: ${(first as Error).message}`);
    }
  }
}
