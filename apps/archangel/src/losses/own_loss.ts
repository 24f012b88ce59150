import { existsSync } from 'node:fs';
import { type Humanline, humanline, type Loss } from '@halokit/losses';
import { isTree } from '../config/flags';
import { InputError } from '../input_error';
import { requireLoss } from './contract_schema';
import { importFile } from './import_file';
import type { LossSource } from './loss_source';

/**
 * A loss from a file, whose default export is a `Loss`, or a function that makes one from options. A function's options
 * are held against `defaults` (and `choices`) where the file exports these beside it.
 *
 * @throws InputError, one line, when the file is missing, does not load, or holds no loss
 */
export async function ownLoss(file: string): Promise<LossSource> {
  if (!existsSync(file)) throw new InputError(`${file}: there is no such file. Check the path.`);
  const { default: exported, defaults, choices } = await importFile(file);
  if (exported === undefined) {
    throw new InputError(
      `${file}: has no default export. End it in "export default", a loss or a function that makes one.`,
    );
  }
  if (typeof exported !== 'function') {
    const loss = requireLoss(exported, `${file}: its default export`);
    return { said: file, defaults: {}, create: (options) => underBounds(loss, options, file) };
  }
  return {
    said: file,
    defaults: isTree(defaults) ? defaults : undefined,
    choices: isTree(choices) ? (choices as LossSource['choices']) : undefined,
    create({ humanline: bounds, ...options }: { humanline?: Humanline }) {
      const made = attempt(file, () => exported(options));
      return underBounds(requireLoss(made, `${file}: what its function returns`), { humanline: bounds }, file);
    },
  };
}

function underBounds(loss: Loss, { humanline: bounds }: { humanline?: Humanline }, file: string): Loss {
  return bounds ? attempt(file, () => humanline(loss, bounds)) : loss;
}

function attempt<T>(file: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw new InputError(`${file}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}
