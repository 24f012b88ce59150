import { streamedPasses, type TokenRow } from '@halokit/models';
import type { Reference } from '@halokit/trainer';
import type { ReferenceStore } from '@halokit/trainer/node';
import { agreed } from '../ranks/agreed';
import { answerFirst, askedByFirst } from '../ranks/asked_by_first';
import { currentRanks } from '../ranks/ranks';
import { Interrupted } from '../survival/interrupted';
import { stopSignal } from '../survival/stop_signal';
import { whole } from '../terminal/numbers';
import { progress } from '../terminal/progress';
import { streamReference } from './stream_reference';

/** What there is to ask a reference, and where its answers go. */
export interface Asking {
  /** Of several ranks the first alone has it, and knows what is missing: the others answer what it asks. */
  readonly store?: ReferenceStore;
  /** Lists of rows, in the order in which they are asked. */
  readonly questions: readonly (readonly TokenRow[])[];
  /** The command that goes on where asking was stopped. */
  readonly goOn: string;
}

/** The log-probabilities come step by step, as training would ask. @throws Interrupted when the process is asked to stop */
export async function askInMemory(reference: Reference, asking: Asking): Promise<void> {
  const missing = asking.store?.missing(asking.questions.flat()).length ?? 0;
  const bar = missing > 0 ? progress('asking reference', missing) : undefined;
  try {
    await askAll(reference, asking, asking.questions, (done) => bar?.update(done));
    bar?.end();
  } catch (error) {
    bar?.stop();
    throw error;
  }
}

/**
 * As many rows at once as there is room for, on each of the ranks, so that the model is read as seldom as can be.
 *
 * @param folder of its checkpoint
 * @throws Interrupted when the process is asked to stop
 */
export async function askStreamed(
  folder: string,
  config: Parameters<typeof streamedPasses>[1],
  rowsAtOnce: number,
  asking: Asking,
): Promise<void> {
  const missing = asking.store?.missing(asking.questions.flat()) ?? [];
  const readings = streamedPasses(missing, config, { rowsAtOnce });
  const { size } = currentRanks();
  const questions = Array.from({ length: Math.ceil(readings.length / size) }, (_, i) =>
    readings
      .slice(i * size, (i + 1) * size)
      .flat(2)
      .map((place) => missing[place] as TokenRow),
  );
  await askAll(streamReference(folder, rowsAtOnce, questions.length), asking, questions);
}

async function askAll(
  reference: Reference,
  { store, questions: all, goOn }: Asking,
  questions: Asking['questions'],
  onProgress: (done: number) => void = () => {},
): Promise<void> {
  const { communicator } = currentRanks();
  const { signal, end } = stopSignal();
  let [known, of] = [0, 0];
  const onAnswers = ({ done, total }: { done: number; total: number }) => {
    [known, of] = [done, total];
    onProgress(done);
  };
  try {
    if (communicator)
      await askOnRanks(store, questions, { reference, rows: all.flat(), communicator, signal }, onAnswers);
    else if (store) for await (const answers of store.ask(reference, questions, { signal })) onAnswers(answers);
  } catch (error) {
    if (!signal.aborted && (error as Error).name !== 'AbortError') throw error;
    const where = of > 0 ? `after ${whole(known)} of ${whole(of)} rows, which are kept` : 'before its first answer';
    throw new Interrupted(`The pass by the reference has stopped ${where}. Go on with: ${goOn}`);
  } finally {
    end();
  }
}

async function askOnRanks(
  store: ReferenceStore | undefined,
  questions: Asking['questions'],
  ranks: Parameters<typeof askedByFirst>[0],
  onAnswers: (answers: { done: number; total: number }) => void,
): Promise<void> {
  let failure: { readonly error: unknown } | undefined;
  if (store) {
    const asked = askedByFirst(ranks);
    try {
      for await (const answers of store.ask(asked, questions)) onAnswers(answers);
    } catch (error) {
      failure = { error };
    }
    if (!(await asked.end())) throw failure?.error;
  } else await answerFirst(ranks);
  // Where what was answered cannot be kept, all hear it.
  await agreed(() => {
    if (failure) throw failure.error;
  });
}
