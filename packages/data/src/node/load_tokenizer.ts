import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InputError } from '../input_error';
import { createTokenizer, type TextTokenizer } from '../tokens/tokenizer';

/** A tokenizer, and the files it was read from by name: what a checkpoint keeps beside its weights. */
export interface LoadedTokenizer {
  readonly tokenizer: TextTokenizer;
  readonly files: Readonly<Record<string, string>>;
  /** What `tokenizer_config.json` says, with the chat template that lies beside it in a file of its own. */
  readonly config: object | undefined;
}

/**
 * Reads `tokenizer.json`, given as a file or as the folder it is in, and beside it, if they are there,
 * `tokenizer_config.json` and `chat_template.jinja`, which goes before the template in the config. A
 * `special_tokens_map.json` is kept among the files, for Transformers.
 *
 * @throws InputError for a file that is not a tokenizer; the system's error, with its path, for one that cannot be read
 */
export async function loadTokenizer(path: string): Promise<LoadedTokenizer> {
  const file = (await stat(path)).isDirectory() ? join(path, 'tokenizer.json') : path;
  const files: Record<string, string> = { 'tokenizer.json': await readFile(file, 'utf8') };
  const config = await readIfThere(join(dirname(file), 'tokenizer_config.json'));
  if (config !== undefined) files['tokenizer_config.json'] = config;
  const parsed = Object.entries(files).map(([name, text]) => parse(text, join(dirname(file), name)));
  const tokenizer = createTokenizer(parsed[0] as object, parsed[1], file);
  const special = await readIfThere(join(dirname(file), 'special_tokens_map.json'));
  if (special !== undefined) files['special_tokens_map.json'] = special;
  const template = await readIfThere(join(dirname(file), 'chat_template.jinja'));
  if (template === undefined) return { tokenizer, files, config: parsed[1] };
  files['chat_template.jinja'] = template;
  return { tokenizer, files, config: { ...parsed[1], chat_template: template } };
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(text: string, file: string): object {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === 'object' && json !== null) return json;
  } catch {
    // Said below.
  }
  throw new InputError(`${file}: is not a JSON object.`);
}
