import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { TokenRow } from '@halokit/models';
import { InputError } from '../input_error';
import type { AskOptions, Reference } from '../reference';
import { type LogpsByRow, rowKey } from './reference_store_block';
import { aside, createFile, readFile } from './reference_store_file';

/** What a reference model said, on the disk: the model is not needed again. */
export interface ReferenceStore {
  /** Answers for the rows that are known. @throws InputError, from `logps`, for rows that are not */
  readonly reference: Reference;
  /** Files that are not as they were written, and from where on; what was lost with them counts as missing. */
  readonly damage: readonly string[];
  /** Those of the rows that are not known, each once, in their order. */
  missing(rows: readonly TokenRow[]): TokenRow[];
  /**
   * Asks a reference for what is missing, one list of rows after the other, and writes the answers before the next question.
   *
   * @param options `signal` stops it: between two questions at the latest; then it rejects with the signal's reason
   * @throws Error for a log-probability that is no finite number; it is not written
   * @throws the system's error (ENOSPC), with the path; the answers before stay
   */
  ask(
    reference: Reference,
    questions: readonly (readonly TokenRow[])[],
    options?: AskOptions,
  ): AsyncGenerator<AskedRows>;
}

/** Said after each question: how many rows were missing, and how many of them are known by now. */
export interface AskedRows {
  readonly done: number;
  readonly total: number;
}

/**
 * Opens what is known of a reference model, row by row, whoever asked for it: runs of other losses, plans or data share the rows
 * that they have in common. `FOLDER/MODEL/` holds a file for each `ask`, with a checksum for each question, which is called
 * `.partial` until `ask` ends: a process that is killed loses the question that it was at.
 *
 * Files are verified as they are read. Which rows a model is asked for at once moves its answers by rounding; `ask` asks as
 * training with `remembered(reference)` would, and gets the same bits. A row that is known keeps those that it has.
 *
 * @param model fingerprint of the reference model: `modelFingerprint`, or `checkpointFingerprint` for one that is streamed
 * @throws InputError for a file that is of another model or version
 * @example
 * const store = await openReferenceStore('references', { model: await modelFingerprint(policy) });
 * const questions = referenceRows(loss, dataset, plan, policy.config.maxPositionEmbeddings);
 * for await (const { done, total } of store.ask(referenceModel(policy), questions)) console.log(done, total);
 * const run = train({ policy, reference: store.reference, loss, dataset, plan, optimizer, learningRate });
 */
export async function openReferenceStore(
  folder: string,
  { model }: { readonly model: string },
): Promise<ReferenceStore> {
  if (!/^[0-9a-f]{64}$/.test(model)) {
    throw new InputError(`model is ${JSON.stringify(model)}: it must be a fingerprint, as modelFingerprint gives it.`);
  }
  const place = join(folder, model);
  const { known, damage } = await readFolder(place, model);
  const missing = (rows: readonly TokenRow[]) => {
    const byKey = new Map(rows.map((row) => [rowKey(row), row]));
    return new Map([...byKey].filter(([key]) => !known.has(key)));
  };
  return {
    damage,
    reference: { logps: async (rows) => answers(known, rows, place) },
    missing: (rows) => [...missing(rows).values()],
    async *ask(reference, questions, options = {}) {
      const total = missing(questions.flat()).size;
      if (total === 0) return;
      await mkdir(place, { recursive: true });
      const file = await createFile(join(place, newName()), model);
      let done = 0;
      try {
        for (const question of questions) {
          const unknown = missing(question);
          if (unknown.size === 0) continue;
          options.signal?.throwIfAborted();
          const rows = byRow(unknown, await reference.logps([...unknown.values()], options));
          await file.append(rows);
          for (const [key, logps] of rows) known.set(key, logps);
          done += rows.size;
          yield { done, total };
        }
      } finally {
        await file.end();
      }
    },
  };
}

/** By its time, so that of two answers for one row the earlier counts, whoever asks. */
function newName(): string {
  return `${new Date().toISOString().replaceAll(/\D/g, '')}-${randomUUID().slice(0, 8)}.logps`;
}

async function readFolder(
  place: string,
  model: string,
): Promise<{ known: Map<string, Float32Array>; damage: readonly string[] }> {
  const known = new Map<string, Float32Array>();
  const damaged: string[] = [];
  const names = await readdir(place).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const name of names.filter((name) => /\.logps(\.partial)?$/.test(name)).sort()) {
    const path = join(place, name);
    // Whoever was writing it may just have ended.
    const { rows, damage } = await readFile(path, model).catch((error) =>
      name.endsWith(aside) && error.code === 'ENOENT'
        ? readFile(path.slice(0, -aside.length), model)
        : Promise.reject(error),
    );
    for (const [key, logps] of rows) if (!known.has(key)) known.set(key, logps);
    if (damage === undefined || name.endsWith(aside)) continue;
    damaged.push(`${path} is damaged ${damage}`);
    // From now on its end is expected to be missing. Where the folder may not be changed, it is said again.
    await rename(path, path + aside).catch(() => {});
  }
  return { known, damage: damaged };
}

function answers(known: LogpsByRow, rows: readonly TokenRow[], place: string): Float32Array[] {
  const found = rows.map((row) => known.get(rowKey(row)));
  const unknown = found.filter((logps) => logps === undefined).length;
  if (unknown === 0) return found as Float32Array[];
  throw new InputError(
    `${place}: holds nothing of ${unknown} of ${rows.length} rows. Ask the reference for them first.`,
  );
}

function byRow(rows: ReadonlyMap<string, TokenRow>, logps: readonly Float32Array[]): LogpsByRow {
  const result = new Map([...rows.keys()].map((key, i) => [key, logps[i] as Float32Array]));
  for (const numbers of result.values()) {
    const wrong = numbers.find((logp) => !Number.isFinite(logp));
    if (wrong !== undefined) throw new Error(`The reference gives a response token the log-probability ${wrong}.`);
  }
  return result;
}
