import type { Storage } from '@halokit/models';
import { InputError } from '../input_error';

type Asked = Storage | 'float32';

/** What frozen weights are kept in, where that is not float32. */
export interface Stored {
  /** Of a policy with adapters. */
  readonly storage?: Storage;
  /** Of the reference. */
  readonly copyStorage?: Storage;
}

/**
 * What was asked for, as the models take it.
 *
 * @throws InputError for 16 bits where nothing is frozen, or nothing kept
 */
export function storedAs(
  asked: { readonly storage: Asked; readonly reference: { readonly storage: Asked; readonly stream: string } },
  { adapters, isNew }: { readonly adapters: boolean; readonly isNew: boolean },
): Stored {
  const [storage, copyStorage] = [inBits(asked.storage), inBits(asked.reference.storage)];
  if (storage && !adapters) {
    throw new InputError(
      `storage: weights that train are float32. Train adapters with --lora.rank, or store the reference alone: ` +
        `--reference.storage ${storage}.`,
    );
  }
  if (storage && isNew) {
    throw new InputError('storage: a model made here first trains all of its weights. Name one with --model.');
  }
  if (copyStorage && adapters) {
    throw new InputError(
      'reference.storage: adapters and their reference share the model’s weights, which --storage is for. Leave it out.',
    );
  }
  if (copyStorage && asked.reference.stream === 'always') {
    throw new InputError('reference.storage: a reference that is streamed is not kept. Leave one of the two out.');
  }
  return { ...(storage && { storage }), ...(copyStorage && { copyStorage }) };
}

function inBits(asked: Asked): Storage | undefined {
  return asked === 'float32' ? undefined : asked;
}
