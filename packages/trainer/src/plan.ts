import { shuffled } from '@halokit/data';
import { groupPasses, type RowGroup } from '@halokit/models';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { type Dataset, datasetFingerprint, promptKeys, rowLengths } from './dataset';
import { InputError } from './input_error';
import { klPartners } from './kl_partners';
import { groupsOf } from './prompt_groups';

/**
 * Everything a run will compute, in order, as plain data: it can be written down, compared, resumed and sharded.
 * It depends on nothing but its settings and the dataset.
 */
export interface BatchPlan {
  readonly settings: PlanSettings;
  /** The dataset's fingerprint; a plan is refused with any other. */
  readonly dataset: string;
  readonly steps: readonly PlannedStep[];
}

export interface PlanSettings {
  readonly seed: number;
  /** Examples whose mean loss makes one update (the effective batch). */
  readonly batchSize: number;
  /** Examples computed at once, at most; has no influence on the result beyond rounding. */
  readonly microbatchSize: number;
  /** Tokens computed at once, padding counted, at most; a single example may have more. */
  readonly microbatchTokens?: number;
  readonly epochs: number;
  /** Stop after this many steps, if the epochs give more. */
  readonly maxSteps?: number;
  /** Plan a KL partner for each example. */
  readonly kl: boolean;
  /** Keep the examples of one prompt in one batch; batches are then filled with whole groups, so some are short. */
  readonly groups?: boolean;
  /** Compute each batch in one pass, whatever its microbatch settings, as a loss with `wholeBatch` needs. */
  readonly wholeBatch?: boolean;
}

export interface PlannedStep {
  readonly epoch: number;
  /** Indices of the batch's examples in the dataset. */
  readonly examples: readonly number[];
  /** For each of them, the example whose response follows its prompt in the KL row. */
  readonly klPartners?: readonly number[];
  /** Positions in `examples`, examples of like length together. */
  readonly microbatches: readonly (readonly number[])[];
}

/**
 * Draws every batch of a run. Each epoch is its own shuffle of all examples; the last batch may be short.
 *
 * Batches are random; only inside a batch are examples of like length computed together, so that little padding is
 * computed and the reference point, which belongs to the batch, is not biased by length.
 *
 * @throws InputError for sizes that are not whole and positive, an empty dataset, KL rows that cannot be arranged, or a
 *   group that is larger than a batch
 */
export async function planBatches(dataset: Dataset, settings: PlanSettings): Promise<BatchPlan> {
  for (const key of ['batchSize', 'microbatchSize', 'epochs'] as const) {
    if (!Number.isInteger(settings[key]) || settings[key] < 1) {
      throw new InputError(`${key} is ${settings[key]}; it must be a whole number of at least 1.`);
    }
  }
  if (dataset.examples.length === 0) throw new InputError('The dataset has no examples to train on.');
  const rows = rowGroups(dataset);
  const prompts = settings.kl || settings.groups ? promptKeys(dataset) : [];
  const groups = settings.groups ? groupsOf(prompts) : [...rows.keys()].map((example) => [example]);
  checkGroups(groups, settings.batchSize);
  const random = xoroshiro128plus(settings.seed);
  const steps: PlannedStep[] = [];
  const limit = settings.maxSteps ?? Infinity;
  for (let epoch = 0; epoch < settings.epochs && steps.length < limit; epoch++) {
    for (const examples of wholeGroups(shuffled(groups, random), settings.batchSize)) {
      if (steps.length >= limit) break;
      steps.push({
        epoch,
        examples,
        ...(settings.kl && { klPartners: klPartners(examples, prompts, random) }),
        microbatches: microbatches(examples, rows, settings),
      });
    }
  }
  return { settings, dataset: await datasetFingerprint(dataset), steps };
}

/** Batches of groups, in their order: one ends where the next group does not fit in whole. */
function wholeGroups(groups: readonly (readonly number[])[], batchSize: number): number[][] {
  const batches: number[][] = [];
  for (const group of groups) {
    const last = batches.at(-1);
    if (last && last.length + group.length <= batchSize) last.push(...group);
    else batches.push([...group]);
  }
  return batches;
}

function checkGroups(groups: readonly (readonly number[])[], batchSize: number): void {
  const largest = groups.reduce((most, group) => Math.max(most, group.length), 0);
  if (largest <= batchSize) return;
  throw new InputError(
    `A prompt has ${largest} examples, which must be in one batch, and batchSize is ${batchSize}: ` +
      `raise it to ${largest}, or leave some of them out.`,
  );
}

/** Which positions of a batch are computed together: examples of like length, so that little is padding. */
function microbatches(
  examples: readonly number[],
  groups: readonly RowGroup[],
  { microbatchSize, microbatchTokens, wholeBatch }: PlanSettings,
): number[][] {
  if (wholeBatch) return [[...examples.keys()]];
  const ofBatch = examples.map((example) => groups[example] as RowGroup);
  return groupPasses(ofBatch, { groups: microbatchSize, tokens: microbatchTokens });
}

/** The rows of each example: chosen and rejected have a prompt in common. */
function rowGroups(dataset: Dataset): RowGroup[] {
  if (dataset.feedback === 'preferences') {
    return dataset.examples.map(({ prompt, chosen, rejected }) => ({
      rows: 2,
      longest: prompt.length + Math.max(chosen.length, rejected.length),
      shared: prompt.length + chosen.length + rejected.length,
    }));
  }
  return rowLengths(dataset).map((length) => ({ rows: 1, longest: length, shared: length }));
}
