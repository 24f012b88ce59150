import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tree } from '../config/flags';
import { InputError } from '../input_error';
import { writeWhole } from '../stages/run_folder';
import { type Checksums, checksumOfFile } from './checksum';

/** The file of a run's folder that says what it takes to go on. */
export const resumeFile = 'resume.json';

const format = 1;

/** What a run's data were, exactly, and which files they came from. */
export interface DataFacts {
  /** Of what is trained on, and of what is held out, in tokens. */
  readonly fingerprints: { readonly train: string; readonly heldOut: string };
  readonly rows: number;
  /** Of the files; those of the hub have none, and are known by their names. */
  readonly files: Checksums;
}

/** What a run was asked for and has come to, apart from its checkpoints. */
export interface ResumeRecord {
  readonly format: typeof format;
  /** What `config.yaml` held when the run began. */
  readonly settings: Tree;
  /** Options of the loss that were given by hand. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly data: DataFacts;
  /** SHA-256 of the loss's file, where it is a file. */
  readonly lossFile?: string;
  /** Stages that are behind, with the checksums of the weights they left. */
  readonly finished: Readonly<Record<string, Checksums>>;
}

/** Of a run that begins. */
export function newRecord(facts: Pick<ResumeRecord, 'settings' | 'given' | 'data' | 'lossFile'>): ResumeRecord {
  return { format, ...facts, finished: {} };
}

export async function writeRecord(folder: string, record: ResumeRecord): Promise<void> {
  await writeWhole(join(folder, resumeFile), `${JSON.stringify(record, null, 2)}\n`);
}

/** @throws InputError where there is no run to go on with */
export async function readRecord(folder: string): Promise<ResumeRecord> {
  const path = join(folder, resumeFile);
  let record: unknown;
  try {
    record = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR' && !(error instanceof SyntaxError)) throw error;
    const why = error instanceof SyntaxError ? `its ${resumeFile} is not whole` : `it holds no ${resumeFile}`;
    throw new InputError(
      `${folder}: there is no run here to go on with: ${why}. Name the folder of one with --resume.`,
    );
  }
  const found = (record as Partial<ResumeRecord> | null)?.format;
  if (found === format) return record as ResumeRecord;
  throw new InputError(
    `${path}: is of format ${found}, and this version reads ${format}. Go on with the version that began.`,
  );
}

/** @throws InputError where the loss's file is not what it was */
export async function requireSameLoss({ lossFile }: ResumeRecord, method: string): Promise<void> {
  if ((await checksumOfFile(method)) === lossFile) return;
  throw new InputError(
    `${method}: is not the file that it was when the run began. Put it back, or begin anew with --out.`,
  );
}
