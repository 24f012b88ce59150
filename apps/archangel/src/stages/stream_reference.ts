import { folderFiles } from '@halokit/models/node';
import { type Reference, streamedReference } from '@halokit/trainer';
import { InputError } from '../input_error';
import { gigabytes } from '../plan/plan_text';
import { type Progress, progress } from '../terminal/progress';

/** Why the model that training starts from cannot be streamed, where it cannot. */
export function whyNotStreamed(run: {
  readonly adapters: boolean;
  readonly isNew: boolean;
  readonly sftFirst: boolean;
}) {
  if (run.adapters) return 'adapters and their reference share the model’s weights, so there is nothing to save';
  if (run.isNew && !run.sftFirst) return 'a model made here has no checkpoint before it is trained';
  return undefined;
}

/**
 * What was asked for, as far as it can be.
 *
 * @throws InputError for `always` where it cannot be
 */
export function streamAsked<T extends string>(asked: T | 'always', whyNot: string | undefined): T | 'always' | 'never' {
  if (whyNot === undefined) return asked;
  if (asked === 'always') throw new InputError(`reference.stream: ${whyNot}. Leave it out.`);
  return 'never';
}

/** A reference that is read from the checkpoint in a folder whenever there are rows that it does not know, with progress. */
export function streamReference(folder: string, rowsAtOnce: number): Reference {
  let bar: Progress | undefined;
  const reference = streamedReference(folderFiles(folder), {
    rowsAtOnce,
    onLayer({ layer, layers, reading, readings, bytesRead }) {
      bar ??= progress('reading reference', layers * readings);
      bar.update((reading - 1) * layers + layer, `${gigabytes(bytesRead)} read`);
    },
  });
  const shown = async <T>(work: Promise<T>): Promise<T> => {
    try {
      const answer = await work;
      bar?.end();
      return answer;
    } catch (error) {
      bar?.stop();
      throw error;
    } finally {
      bar = undefined;
    }
  };
  return {
    logps: (rows, options) => shown(reference.logps(rows, options)),
    prefetch: (rows, options) => shown(Promise.resolve(reference.prefetch?.(rows, options))),
  };
}
