import type { WeightTensor } from '../checkpoint/expected_tensors';
import type { OpenCheckpoint } from '../checkpoint/open_checkpoint';
import { readTensor } from '../checkpoint/read_weights';
import { familyOf } from '../families/families';
import { InputError } from '../input_error';
import type { Reading } from './passes';
import { rowsOf } from './read_part';

/** Bytes that are read and dropped where that saves a request. */
const gapBytes = 2 ** 14;

/** Bytes of rows that are read together. */
const runBytes = 2 ** 24;

/**
 * Fills in the embeddings of all tokens of a reading: of the matrix, the rows of words that occur are read, once each.
 *
 * @throws InputError for a token id that is beyond the vocabulary
 */
export async function embedFromFile(
  { config, tensors }: OpenCheckpoint,
  { ids, states }: Pick<Reading, 'ids' | 'states'>,
): Promise<void> {
  const name = familyOf(config).inputEmbedding;
  const tensor = tensors.get(name) as WeightTensor;
  const [vocabulary, width] = tensor.shape as [number, number];
  const places = new Map<number, number[]>();
  ids.forEach((id, place) => {
    if (id < 0 || id >= vocabulary) {
      throw new InputError(`Token id ${id} is beyond a vocabulary of ${vocabulary}: is the tokenizer this model's?`);
    }
    const known = places.get(id);
    if (known) known.push(place);
    else places.set(id, [place]);
  });
  const rowBytes = (tensor.end - tensor.start) / vocabulary;
  for (const run of runsOf([...places.keys()], rowBytes)) {
    const first = run[0] as number;
    const numbers = await readTensor(name, rowsOf(tensor, first, (run.at(-1) as number) + 1));
    for (const id of run) {
      const row = numbers.subarray((id - first) * width, (id - first + 1) * width);
      for (const place of places.get(id) ?? []) states.set(row, place * width);
    }
  }
}

/** Ids in ascending order, those together whose rows lie near each other. */
function runsOf(ids: readonly number[], rowBytes: number): number[][] {
  const runs: number[][] = [];
  for (const id of [...ids].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    const isNear = run && (id - (run.at(-1) as number) - 1) * rowBytes <= gapBytes;
    if (isNear && (id + 1 - (run[0] as number)) * rowBytes <= runBytes) run.push(id);
    else runs.push([id]);
  }
  return runs;
}
