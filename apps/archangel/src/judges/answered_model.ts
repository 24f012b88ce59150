import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Completion } from '@halokit/evaluation';
import { InputError } from '../input_error';
import { readCompletions } from '../sampling/read_completions';

/** A model with its answers, as `archangel sample` left them. */
export interface AnsweredModel {
  /** The folder that its files are in. */
  readonly folder: string;
  /** What it is called there: `kto`. */
  readonly method: string;
  /** Its checkpoint, where that is written down; else the file of its answers. */
  readonly model: string;
  readonly file: string;
  readonly completions: readonly Completion[];
}

/**
 * The answers that a person means: a file of them; a folder, for the model that its run aligned; or a model in a folder.
 *
 * @throws InputError where there are none, several could be meant, or the file is damaged
 */
export async function answeredModel(said: string): Promise<AnsweredModel> {
  const { folder, method, file, info } = await placeOf(said);
  const { completions } = await readCompletions(file);
  if (completions.length === 0) throw new InputError(`${file}: holds no answers. Ask for some: archangel sample.`);
  return { folder, method, file, completions, model: (await modelIn(info)) ?? file };
}

type Place = Pick<AnsweredModel, 'folder' | 'method' | 'file'> & {
  /** What is said of the answers. */
  readonly info: string;
};

/** @param sample `-2` for the second answers to every prompt */
function place(folder: string, method: string, sample = ''): Place {
  const file = join(folder, `${method}-completions${sample}.jsonl`);
  return { folder, method: method + sample, file, info: join(folder, `${method}-completions.json`) };
}

async function placeOf(said: string): Promise<Place> {
  const [, method, sample] = /^(.+)-completions(-\d+)?\.jsonl$/.exec(basename(said)) ?? [];
  if (method !== undefined && existsSync(said)) return place(dirname(said), method, sample);
  const beside = place(dirname(said), basename(said));
  return existsSync(beside.file) ? beside : within(said);
}

async function within(folder: string): Promise<Place> {
  const names = await readdir(folder).catch((): string[] => []);
  const methods = names.flatMap((name) => /^(.+)-completions\.jsonl$/.exec(name)?.[1] ?? []);
  const aligned = methods.filter((name) => name !== 'sft');
  const [method, another] = aligned.length > 0 ? aligned : methods;
  if (method === undefined) {
    throw new InputError(`${folder}: has no answers to judge. Ask it first: archangel sample ${folder}.`);
  }
  if (another !== undefined) {
    const which = methods.map((name) => join(folder, name)).join(', ');
    throw new InputError(`${folder}: has answers of several models: name one of ${which}.`);
  }
  return place(folder, method);
}

async function modelIn(info: string): Promise<string | undefined> {
  if (!existsSync(info)) return undefined;
  try {
    const { model } = JSON.parse(await readFile(info, 'utf8'));
    return typeof model === 'string' ? model : undefined;
  } catch {
    throw new InputError(`${info}: is not JSON. Ask the model again: archangel sample.`);
  }
}
