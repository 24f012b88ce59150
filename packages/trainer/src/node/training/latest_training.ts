import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Loss } from '@halokit/losses';
import type { CausalLM } from '@halokit/models';
import { InputError } from '../../input_error';
import type { Optimizer } from '../../optimizer';
import type { BatchPlan } from '../../plan';
import { planFingerprint } from '../../plan_fingerprint';
import type { TrainState } from '../../train_state';
import { checkpointNames } from './checkpoint_folders';
import { fileChecksum } from './checksum';
import { parseRecord, recordFile, type TrainingRecord } from './record';
import { optimizerFile, restoreOptimizer, restoreWeights, weightsFile } from './tensor_files';

/** A checkpoint of `saveTraining` whose checksums hold. */
export interface SavedTraining {
  readonly path: string;
  /** What `train` takes as `from`. */
  readonly state: TrainState;
  /** Bytes of the metrics' file then: what `openMetricsFile` takes as `at`. */
  readonly metricsBytes?: number;
  /**
   * Gives policy and optimiser the numbers that they had.
   *
   * @throws InputError for another model or another kind of optimiser
   */
  restore(into: { readonly policy: CausalLM; readonly optimizer: Optimizer }): Promise<void>;
}

export interface LatestOptions {
  readonly loss: Loss;
  readonly plan: BatchPlan;
  /** Told of a checkpoint that is not whole or does not match its checksums; the one before it is tried. */
  readonly onDamaged?: (path: string, why: string) => void;
}

/**
 * The newest checkpoint in a folder of `saveTraining` that is whole; `undefined` where there is none.
 *
 * @throws InputError for a checkpoint of another plan or loss, naming what has changed; and where there are checkpoints and
 * all of them are damaged
 *
 * @example
 * const saved = await latestTraining('run/checkpoints', { loss, plan, onDamaged: console.warn });
 * await saved?.restore({ policy, optimizer });
 * const run = train({ policy, optimizer, loss, plan, dataset, reference, learningRate, from: saved?.state });
 */
export async function latestTraining(folder: string, options: LatestOptions): Promise<SavedTraining | undefined> {
  const names = await checkpointNames(folder);
  for (const name of names) {
    const path = join(folder, name);
    const record = await wholeRecord(path, options.onDamaged);
    if (!record) continue;
    await requireSame(path, record, options);
    return saved(path, record);
  }
  if (names.length === 0) return undefined;
  throw new InputError(`${folder}: all ${names.length} checkpoints are damaged. Remove them to begin from the start.`);
}

function saved(path: string, { state, optimizer: { name, updates }, metricsBytes }: TrainingRecord): SavedTraining {
  return {
    ...{ path, state },
    ...(metricsBytes !== undefined && { metricsBytes }),
    async restore({ policy, optimizer }) {
      if (optimizer.name !== name) {
        throw new InputError(`${path}: was trained with ${name}, and the optimiser is now ${optimizer.name}.`);
      }
      await restoreOptimizer(path, optimizer, policy, updates);
      await restoreWeights(path, policy);
    },
  };
}

async function wholeRecord(
  path: string,
  onDamaged: LatestOptions['onDamaged'] = () => {},
): Promise<TrainingRecord | undefined> {
  const text = await readFile(join(path, recordFile), 'utf8').catch(() => '');
  const record = parseRecord(text, join(path, recordFile));
  if (!record) {
    onDamaged(path, `${recordFile} is missing or not whole`);
    return undefined;
  }
  for (const name of [weightsFile, optimizerFile]) {
    const found = await fileChecksum(join(path, name)).catch(() => undefined);
    if (found !== undefined && found === record.files[name]) continue;
    onDamaged(path, found === undefined ? `${name} is missing` : `${name} does not match its checksum`);
    return undefined;
  }
  return record;
}

async function requireSame(path: string, { loss, plan: then }: TrainingRecord, now: LatestOptions): Promise<void> {
  if (loss !== now.loss.name) throw new InputError(`${path}: was trained with ${loss}, not with ${now.loss.name}.`);
  const { settings, dataset } = now.plan;
  if (then.dataset !== dataset) {
    throw new InputError(
      `${path}: the data have changed since it was saved: their fingerprint was ${then.dataset.slice(0, 12)} and is ` +
        `${dataset.slice(0, 12)}. Give it the same data and tokenizer, or begin anew.`,
    );
  }
  const keys = [...new Set([...Object.keys(then.settings), ...Object.keys(settings)])] as (keyof typeof settings)[];
  const changed = keys.filter((key) => then.settings[key] !== settings[key]);
  if (changed.length > 0) {
    const list = changed.map((key) => `${key} was ${then.settings[key]} and is ${settings[key]}`).join(', ');
    throw new InputError(`${path}: was planned otherwise: ${list}.`);
  }
  if (then.fingerprint !== (await planFingerprint(now.plan))) {
    throw new InputError(
      `${path}: its batches are not those of this plan, of the same settings. Is the version another?`,
    );
  }
}
