import { type CausalLM, cloneModel, lowPrecisionCopy, type Storage, withoutAdapter } from '@halokit/models';

/**
 * A frozen copy of the model as it is before the method trains it: the reference, and what is compared with afterwards. What SFT
 * has made of an adapter is part of it; a fresh adapter changes nothing and is left out.
 *
 * @param copyStorage what its matrices are kept in, where that is not float32; it is said then
 */
export async function startOf(
  model: CausalLM,
  { copyStorage, sftFirst }: { readonly copyStorage?: Storage; readonly sftFirst: boolean },
): Promise<CausalLM> {
  if (copyStorage) {
    console.log(`The reference is kept in ${copyStorage}, its numbers rounded to it; arithmetic is float32`);
    return lowPrecisionCopy(model, { storage: copyStorage });
  }
  return model.adapter && !sftFirst ? withoutAdapter(model) : cloneModel(model);
}
