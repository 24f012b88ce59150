import { basename } from 'node:path';
import { type Counts, type Feedback, hhPreferences, type Preference, readFeedback, Tally } from '@halokit/data';
import { readRows } from '@halokit/data/node';
import { InputError } from '../input_error';

/** Feedback, and what became of the rows it was read from. */
export interface LoadedData {
  readonly feedback: Feedback;
  readonly counts: Counts;
  /** A short name for folders and tables. */
  readonly name: string;
}

/** Reads the data a spec names: `hh:FILE`, or a FILE of feedback in either documented format. */
export async function loadData(spec: string): Promise<LoadedData> {
  const [, set, file] = /^(?:(\w{2,}):)?(.+)$/s.exec(spec) as unknown as [string, string | undefined, string];
  const tally = new Tally();
  const name = basename(file).replace(/\.jsonl(\.gz)?$/, '');
  if (set !== undefined && set !== 'hh') {
    throw new InputError(
      `data: "${set}:" names no known set. Use hh:FILE, or FILE for feedback in a documented format.`,
    );
  }
  const feedback = set === 'hh' ? await readHh(file, tally) : await readFeedback(readRows(file), tally);
  if (feedback.examples.length === 0) {
    throw new InputError(`${file}: no row is left of ${tally.counts().read}: ${describeCounts(tally.counts())}.`);
  }
  return { feedback, counts: tally.counts(), name };
}

async function readHh(file: string, tally: Tally): Promise<Feedback> {
  const examples: Preference[] = [];
  for await (const preference of hhPreferences(readRows(file), tally)) examples.push(preference);
  return { kind: 'preferences', examples };
}

/** Counts in a line: `dropped 5 (different prompts), repaired 3 (turns joined)`. */
export function describeCounts({ dropped, repaired }: Counts): string {
  const list = (verb: string, reasons: Readonly<Record<string, number>>) =>
    Object.entries(reasons).map(([reason, count]) => `${verb} ${count} (${reason})`);
  return [...list('dropped', dropped), ...list('repaired', repaired)].join(', ') || 'nothing dropped or repaired';
}
