import { join } from 'node:path';
import type { Loss } from '@halokit/losses';
import { type CausalLM, tensorFileBytes } from '@halokit/models';
import { writeFolder } from '@halokit/models/node';
import { InputError } from '../../input_error';
import type { Optimizer } from '../../optimizer';
import type { Communicator } from '../../parallel/communicator';
import type { BatchPlan } from '../../plan';
import { planFingerprint } from '../../plan_fingerprint';
import type { TrainState } from '../../train_state';
import { AskedInOrder } from './asked_in_order';
import { checkpointName, keepNewest } from './checkpoint_folders';
import { hashed } from './checksum';
import { recordFile, recordText } from './record';
import { optimizerFile, slotTensors, trainedWeights, weightsFile } from './tensor_files';

/** A run between two steps. */
export interface Training {
  readonly policy: CausalLM;
  readonly optimizer: Optimizer;
  readonly loss: Loss;
  readonly plan: BatchPlan;
  /** Of the last step's event. */
  readonly state: TrainState;
  /** Bytes of the metrics' file at this step: `metricsFile.sync()`. */
  readonly metricsBytes?: number;
  /** Checkpoints that stay, the newest. Default: 2. */
  readonly keep?: number;
  /** The ranks that trained together: all of them call this, and rank 0 writes. */
  readonly communicator?: Communicator;
}

/**
 * Writes a checkpoint from which training goes on to the same bits: `step-000120/` in `folder`, with the weights that train,
 * the optimiser's tensors, and `training.json` with all else and the checksums. It is written aside, to the disk, and renamed
 * at the end; then older ones are removed. Nothing in it depends on how many ranks trained: any number may go on.
 *
 * @returns the path of the checkpoint
 * @throws InputError for a loss whose state is not plain data
 * @throws the system's error (ENOSPC, EACCES), with the path; what was begun is removed, and older checkpoints stay
 *
 * @example
 * for await (const { state } of train(run)) {
 *   if (state.step % 100 === 0) await saveTraining('run/checkpoints', { ...run, state });
 * }
 */
export async function saveTraining(folder: string, training: Training): Promise<string> {
  const { policy, optimizer, loss, plan, state, metricsBytes, keep = 2, communicator } = training;
  if (!(Number.isInteger(keep) && keep >= 1)) throw new InputError(`keep is ${keep}: at least one checkpoint stays.`);
  const path = join(folder, checkpointName(state.step));
  const { settings, dataset } = plan;
  const files: Record<string, string> = {};
  const facts = {
    loss: loss.name,
    state,
    optimizer: { name: optimizer.name, updates: optimizer.state.updates },
    plan: { fingerprint: await planFingerprint(plan), dataset, settings },
    ...(metricsBytes !== undefined && { metricsBytes }),
    files,
  };
  recordText(facts); // Refuses before anything is written.
  const slots = new AskedInOrder(slotTensors(optimizer, policy));
  if (communicator && communicator.rank > 0) {
    await slots.askRest();
    return path;
  }
  const tensorFile = (name: string, tensors: Parameters<typeof tensorFileBytes>[0]) => ({
    name,
    chunks: hashed(tensorFileBytes(tensors), (sha256) => {
      files[name] = sha256;
    }),
  });
  try {
    await writeFolder(path, [
      tensorFile(weightsFile, trainedWeights(policy)),
      tensorFile(optimizerFile, slots.sources),
      { name: recordFile, chunks: lastly(() => recordText(facts)) },
    ]);
  } finally {
    // What could not be written is gathered all the same, by ranks that know nothing of it.
    if (communicator) await slots.askRest();
  }
  await keepNewest(folder, keep);
  return path;
}

/** A text that is asked for when its turn comes, after the files that it tells of. */
async function* lastly(text: () => string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text());
}
