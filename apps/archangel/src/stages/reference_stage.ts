import { join } from 'node:path';
import { checkpointFingerprint, disposeModel, modelFingerprint, type TokenRow } from '@halokit/models';
import { folderFiles } from '@halokit/models/node';
import { type Reference, referenceModel, remembered } from '@halokit/trainer';
import { openReferenceStore, type ReferenceStore } from '@halokit/trainer/node';
import { consola } from 'consola';
import { numbersOf } from '../backend';
import { InputError } from '../input_error';
import { agreed, agreedBy, onEveryRank } from '../ranks/agreed';
import { knownToAll } from '../ranks/known_to_all';
import { currentRanks } from '../ranks/ranks';
import { sharedByRanks } from '../ranks/shared_by_ranks';
import { askInMemory, askStreamed } from './ask_reference';
import { cacheFolder } from './hub';
import { referenceQuestions } from './reference_questions';
import { startOf } from './start_of';
import { streamReference } from './stream_reference';
import type { TrainingRun } from './training_run';

/** What training and evaluation ask, and the end of it. */
export interface OpenReference {
  readonly reference: Reference;
  close(): void;
}

/** What asking takes of a run. */
export interface AskingRun extends Pick<TrainingRun, 'request' | 'material' | 'setup' | 'found' | 'backend' | 'model'> {
  /** The folder of the run, where the model is made in it. */
  readonly out?: string;
  /** The command that goes on where asking was stopped. */
  readonly keeper: { readonly goOn: string };
}

/** A model, and what tells it from others. */
interface ReferenceModel extends OpenReference {
  fingerprint(): Promise<string>;
}

/**
 * The model as it is before the method trains it. By default it is asked here for everything that the run will want to know,
 * of which an earlier run may have asked some or all, and is not in memory from then on.
 *
 * @throws Interrupted when the process is asked to stop; what was answered by then stays
 */
export async function referenceStage(run: AskingRun, streamed: boolean): Promise<OpenReference> {
  if (run.request.config.reference.store === 'none') {
    const { reference, close } = streamed ? streamedModel(run) : await agreed(() => modelInMemory(run));
    return { reference: sharedByRanks(reference), close };
  }
  const questions = await referenceQuestions(run, run.model.config.maxPositionEmbeddings);
  if (questions.length === 0) return { reference: nobody, close() {} };
  const folder = join(cacheFolder(), 'references', numbersOf(run.backend));
  try {
    return { reference: await storedReference(run, { questions, folder, streamed }), close() {} };
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (!path?.startsWith(folder)) throw error;
    const explained = new InputError(
      `${path}: what the reference says cannot be kept there (${code}). Make room or allow it, or name another cache folder ` +
        `in XDG_CACHE_HOME. Go on with: ${run.keeper.goOn}`,
    );
    throw agreedBy(error) ? onEveryRank(explained) : explained;
  }
}

/** For a run that asks nothing. */
const nobody: Reference = { logps: () => Promise.reject(new Error('The run has asked for no rows of the reference.')) };

async function storedReference(
  run: AskingRun,
  { questions, folder, streamed }: { questions: readonly TokenRow[][]; folder: string; streamed: boolean },
): Promise<Reference> {
  const { communicator, first } = currentRanks();
  const start = streamed ? undefined : await agreed(() => modelInMemory(run));
  try {
    const { fingerprint } = start ?? streamedModel(run);
    const store = await agreed(async () =>
      first ? await openReferenceStore(folder, { model: await fingerprint() }) : undefined,
    );
    for (const file of store?.damage ?? []) consola.warn(`${file}: what it held from there on is asked for again.`);
    if (store?.missing(questions.flat()).length === 0) {
      console.log('What the reference says is known from before: it is not asked.');
    }
    const { microbatchSize } = run.request.config;
    const asking = { store, questions, goOn: run.keeper.goOn };
    if (start) await askInMemory(start.reference, asking);
    else await askStreamed(folderOf(run), run.model.config, microbatchSize, asking);
    return communicator
      ? await knownToAll(store?.reference, questions.flat(), communicator)
      : (store as ReferenceStore).reference;
  } finally {
    start?.close();
  }
}

async function modelInMemory({ model, setup, request }: AskingRun): Promise<ReferenceModel> {
  const { sftFirst, stored } = setup;
  const start = await startOf(model, { copyStorage: stored.copyStorage, sftFirst });
  return {
    reference: remembered(referenceModel(start, { rowsAtOnce: request.config.microbatchSize })),
    fingerprint: () => modelFingerprint(start),
    close: () => disposeModel(start),
  };
}

function streamedModel(run: AskingRun): ReferenceModel {
  const folder = folderOf(run);
  return {
    reference: streamReference(folder, run.request.config.microbatchSize),
    fingerprint: () => checkpointFingerprint(folderFiles(folder)),
    close() {},
  };
}

/** Where the model lies that the method starts from. */
function folderOf({ setup, found, out = '' }: AskingRun): string {
  return setup.sftFirst || !found ? join(out, 'sft') : found.folder;
}
