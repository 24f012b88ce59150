import { type ChatFormat, chatTemplate, tulu } from '@halokit/data';
import type { LoadedTokenizer } from '@halokit/data/node';
import type { DataOptions } from '../config/data_options';
import { InputError } from '../input_error';

/** The chat format asked for. @throws InputError for a template that the tokenizer does not have */
export function chooseFormat(format: DataOptions['format'], { tokenizer, files }: LoadedTokenizer): ChatFormat {
  if (format === 'tulu') return tulu;
  const config = files['tokenizer_config.json'];
  if (config !== undefined) return chatTemplate(JSON.parse(config) as object, tokenizer);
  throw new InputError(
    'format: chat-template is the template in a tokenizer_config.json, which this tokenizer does not have. ' +
      'Name one that has it with --tokenizer, or use --format tulu.',
  );
}
