import { type CatalogueEntry, catalogue, createLoss, type LossName } from '@halokit/losses';
import { suggestion } from '../config/validate';
import { InputError } from '../input_error';
import type { LossSource } from './loss_source';
import { ownLoss } from './own_loss';

/**
 * The loss of a name in the catalogue, or of a TypeScript or JavaScript file.
 *
 * @throws InputError for a name that is none, answered with the nearest, or a file that holds no loss
 */
export async function findLoss(said: string): Promise<LossSource> {
  if (Object.hasOwn(catalogue, said)) return namedLoss(said as LossName);
  if (/[/\\]|\.[cm]?[jt]s$/.test(said)) return ownLoss(said);
  const nearest = suggestion(said, Object.keys(catalogue));
  throw new InputError(`There is no loss "${said}".${nearest} Or name a file of your own, as in ./my_halo.ts.`);
}

function namedLoss(name: LossName): LossSource {
  const { defaults, choices }: CatalogueEntry = catalogue[name];
  const create: LossSource['create'] = (options) => {
    try {
      return createLoss(name, options);
    } catch (error) {
      throw new InputError(`${name}: ${(error as Error).message}`);
    }
  };
  return { said: name, defaults, choices, create };
}
