import { join } from 'node:path';
import { checkpointFingerprint, disposeModel, modelFingerprint, streamedPasses, type TokenRow } from '@halokit/models';
import { folderFiles } from '@halokit/models/node';
import { type Reference, referenceModel, remembered } from '@halokit/trainer';
import { openReferenceStore, type ReferenceStore } from '@halokit/trainer/node';
import { consola } from 'consola';
import { numbersOf } from '../backend';
import { InputError } from '../input_error';
import { Interrupted } from '../survival/interrupted';
import { stopSignal } from '../survival/stop_signal';
import { whole } from '../terminal/numbers';
import { progress } from '../terminal/progress';
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
    return streamed ? streamedModel(run) : modelInMemory(run);
  }
  const questions = await referenceQuestions(run, run.model.config.maxPositionEmbeddings);
  if (questions.length === 0) return { reference: nobody, close() {} };
  const folder = join(cacheFolder(), 'references', numbersOf(run.backend));
  try {
    return { reference: await storedReference(run, { questions, folder, streamed }), close() {} };
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (!path?.startsWith(folder)) throw error;
    throw new InputError(
      `${path}: what the reference says cannot be kept there (${code}). Make room or allow it, or name another cache folder ` +
        `in XDG_CACHE_HOME. Go on with: ${run.keeper.goOn}`,
    );
  }
}

/** For a run that asks nothing. */
const nobody: Reference = { logps: () => Promise.reject(new Error('The run has asked for no rows of the reference.')) };

async function storedReference(
  run: AskingRun,
  { questions, folder, streamed }: { questions: readonly TokenRow[][]; folder: string; streamed: boolean },
): Promise<Reference> {
  const start = streamed ? undefined : await modelInMemory(run);
  try {
    const { fingerprint } = start ?? streamedModel(run);
    const store = await openReferenceStore(folder, { model: await fingerprint() });
    for (const file of store.damage) consola.warn(`${file}: what it held from there on is asked for again.`);
    const missing = store.missing(questions.flat());
    if (missing.length === 0) console.log('What the reference says is known from before: it is not asked.');
    else if (start) await askWithProgress(run, store, start.reference, questions, missing.length);
    else await askStreamed(run, store, missing);
    return store.reference;
  } finally {
    start?.close();
  }
}

/** The log-probabilities come step by step, as training would ask. */
async function askWithProgress(
  run: AskingRun,
  store: ReferenceStore,
  reference: Reference,
  questions: readonly TokenRow[][],
  missing: number,
): Promise<void> {
  const bar = progress('asking reference', missing);
  try {
    await askAll(run, store, reference, questions, (done) => bar.update(done));
    bar.end();
  } catch (error) {
    bar.stop();
    throw error;
  }
}

/** As many rows at once as there is room for, so that the model is read as seldom as can be. */
async function askStreamed(run: AskingRun, store: ReferenceStore, missing: readonly TokenRow[]): Promise<void> {
  const rowsAtOnce = run.request.config.microbatchSize;
  const readings = streamedPasses(missing, run.model.config, { rowsAtOnce });
  const questions = readings.map((passes) => passes.flat().map((place) => missing[place] as TokenRow));
  await askAll(run, store, streamReference(folderOf(run), rowsAtOnce, readings.length), questions);
}

async function askAll(
  run: AskingRun,
  store: ReferenceStore,
  reference: Reference,
  questions: readonly TokenRow[][],
  onProgress: (done: number) => void = () => {},
): Promise<void> {
  const { signal, end } = stopSignal();
  let [known, of] = [0, 0];
  try {
    for await (const { done, total } of store.ask(reference, questions, { signal })) {
      [known, of] = [done, total];
      onProgress(done);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    const where = of > 0 ? `after ${whole(known)} of ${whole(of)} rows, which are kept` : 'before its first answer';
    throw new Interrupted(`The pass by the reference has stopped ${where}. Go on with: ${run.keeper.goOn}`);
  } finally {
    end();
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
