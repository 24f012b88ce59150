import { folderFiles } from '@halokit/models/node';
import { type Reference, streamedReference } from '@halokit/trainer';
import { InputError } from '../input_error';
import { gigabytes } from '../plan/units';
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

/**
 * A reference that is read from the checkpoint in a folder whenever there are rows that it does not know, with progress.
 *
 * @param questions how many it is asked in a row, which are shown as one piece of work
 */
export function streamReference(folder: string, rowsAtOnce: number, questions = 1): Reference {
  const so = { answered: 0, bytes: 0 };
  let bar: Progress | undefined;
  let bytesOfThis = 0;
  const reference = streamedReference(folderFiles(folder), {
    rowsAtOnce,
    onLayer({ layer, layers, reading, readings, bytesRead }) {
      bar ??= progress('reading reference', layers * readings * questions);
      bytesOfThis = bytesRead;
      const done = (so.answered * readings + reading - 1) * layers + layer;
      bar.update(done, `${gigabytes(so.bytes + bytesRead)} read`);
    },
  });
  const end = (how: 'end' | 'stop') => {
    bar?.[how]();
    bar = undefined;
    Object.assign(so, { answered: 0, bytes: 0 });
  };
  const shown = async <T>(work: Promise<T>): Promise<T> => {
    try {
      const answer = await work;
      so.answered++;
      so.bytes += bytesOfThis;
      if (so.answered === questions) end('end');
      return answer;
    } catch (error) {
      end('stop');
      throw error;
    }
  };
  return {
    logps: (rows, options) => shown(reference.logps(rows, options)),
    prefetch: (rows, options) => shown(Promise.resolve(reference.prefetch?.(rows, options))),
  };
}
