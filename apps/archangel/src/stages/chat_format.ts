import { type ChatFormat, chatTemplate, tulu } from '@halokit/data';
import type { LoadedTokenizer } from '@halokit/data/node';
import type { DataOptions } from '../config/data_options';
import { InputError } from '../input_error';

/** The chat format asked for. @throws InputError for a template that the tokenizer does not have */
export function chooseFormat(format: DataOptions['format'], { tokenizer, config }: LoadedTokenizer): ChatFormat {
  if (format === 'tulu') return tulu;
  if (config && 'chat_template' in config) return chatTemplate(config, tokenizer);
  throw new InputError(
    'format: chat-template is the template in a tokenizer_config.json or chat_template.jinja, and this tokenizer has neither. ' +
      'Name one that has it with --tokenizer, or use --format tulu.',
  );
}
