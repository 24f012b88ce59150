import { preset, presetNames } from '@halokit/models';
import { rowLengths } from '@halokit/trainer';
import { forecast } from './forecast';
import type { Intent } from './intent';
import { type Limit, tooSmall } from './limits';
import { nominalDataset } from './nominal_dataset';

/** A change that makes training fit, as it is given on the command line. */
export interface Fitting {
  readonly flags: string;
  readonly peakBytes: number;
}

/** Lengths that are tried, in tokens, longest first. */
const lengths = [4096, 3072, 2048, 1536, 1024, 768, 512, 384, 256, 192, 128, 64, 32];

/**
 * What fits where the intent does not: the largest microbatch; or else layers that are computed again,
 * with the largest microbatch; or else the longest rows, all of them as long and half prompt; or else the largest published
 * model. Each is found by a forecast of its own; nothing where not even the smallest fits.
 *
 * @param base resident bytes of the process before the model is loaded
 * @param names of the flags that shorten rows to so many tokens
 */
export async function whatFits(
  intent: Intent,
  limits: readonly [Limit, ...Limit[]],
  base: number,
  names: (length: number) => string,
): Promise<Fitting | undefined> {
  const { walk, loss } = intent;
  const [{ needs }] = limits;
  const tried = async (change: Partial<Intent>, flags: readonly string[]): Promise<Fitting | undefined> => {
    const planned = await forecast({ ...intent, ...change }, base);
    return tooSmall(limits, planned) ? undefined : { flags: flags.join(' '), peakBytes: needs(planned) };
  };
  const again = intent.gradientCheckpointing ? [] : ['--gradient-checkpointing'];
  const microbatch = (size: number) => ({ rowsAtOnce: size, walk: { ...walk, microbatchSize: size } });
  const sizes = loss.wholeBatch ? [] : halves(walk.microbatchSize);
  const sized = (size: number) => `--microbatch-size ${size}`;
  for (const size of sizes) {
    const found = await tried(microbatch(size), [sized(size)]);
    if (found) return found;
  }
  const leaner = { gradientCheckpointing: true };
  if (again.length > 0) {
    const found = await tried(leaner, again);
    if (found) return found;
    for (const size of sizes) {
      const found = await tried({ ...leaner, ...microbatch(size) }, [...again, sized(size)]);
      if (found) return found;
    }
  }
  const smallest = sizes.at(-1);
  const least = { ...leaner, ...(smallest && microbatch(smallest)) };
  const longest = rowLengths(intent.dataset).reduce((most, length) => Math.max(most, length), 0);
  for (const length of lengths.filter((length) => length < longest)) {
    const half = Math.floor(length / 2);
    const rows = (examples: number) => nominalDataset(loss, examples, half, length - half);
    const shorter = { dataset: rows(walk.batchSize), all: rows((intent.all ?? intent.dataset).examples.length) };
    const flags = [...again, ...(smallest ? [sized(smallest)] : []), names(length)];
    const found = await tried({ ...least, ...shorter }, flags);
    if (found) return found;
  }
  return smallerModel(intent, base, limits);
}

/** Sizes below this one, down to 1. */
function halves(size: number): number[] {
  const next = Math.floor(size / 2);
  return next < 1 ? [] : [next, ...halves(next)];
}

async function smallerModel(
  intent: Intent,
  base: number,
  limits: readonly [Limit, ...Limit[]],
): Promise<Fitting | undefined> {
  const largestFirst: Fitting[] = [];
  for (const name of presetNames) {
    const tried = await forecast({ ...intent, config: preset(name) }, base);
    if (tooSmall(limits, tried)) continue;
    largestFirst.push({ flags: `a smaller model, such as ${name}`, peakBytes: limits[0].needs(tried) });
  }
  return largestFirst.sort((a, b) => b.peakBytes - a.peakBytes)[0];
}
