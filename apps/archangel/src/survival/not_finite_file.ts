import { join } from 'node:path';
import type { Dataset, NotFiniteBatch } from '@halokit/trainer';
import { writeWhole } from '../stages/run_folder';

/**
 * Writes a batch whose numbers are not finite into `LOSS-not-finite-STEP.json`: every example with its texts, loss,
 * log-probabilities and rewards.
 *
 * @returns the path
 */
export async function writeNotFinite(
  folder: string,
  loss: string,
  { step, epoch, examples, metrics, numbers }: NotFiniteBatch,
  dataset: Dataset,
  decode: (tokens: Int32Array) => string,
): Promise<string> {
  const path = join(folder, `${loss}-not-finite-${String(step).padStart(6, '0')}.json`);
  const written = examples.map((index, i) => {
    const { prompt, ...sides } = dataset.examples[index] as Dataset['examples'][number];
    const texts = Object.entries(sides).map(([name, side]) => [name, side instanceof Int32Array ? decode(side) : side]);
    // Rejected rows come after all the chosen ones.
    const rows = dataset.feedback === 'preferences' ? { chosen: i, rejected: examples.length + i } : { response: i };
    const of = (values: Float64Array | undefined) =>
      values && Object.fromEntries(Object.entries(rows).map(([name, row]) => [name, values[row]]));
    return {
      ...{ index, prompt: decode(prompt), ...Object.fromEntries(texts) },
      ...{ loss: numbers.losses[i], logps: of(numbers.logps), rewards: of(numbers.rewards) },
    };
  });
  await writeWhole(path, `${JSON.stringify({ loss, step, epoch, metrics, examples: written }, plainNumber, 2)}\n`);
  return path;
}

/** JSON would make `null` of all of them. */
function plainNumber(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
