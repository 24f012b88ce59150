import { basename, join, resolve } from 'node:path';
import type { AnsweredModel } from './answered_model';

/** Short names: of the methods, and of their folders too where these alone would be the same, or else the files. */
export function modelLabels(models: readonly AnsweredModel[]): string[] {
  const tries: ((model: AnsweredModel) => string)[] = [
    ({ method }) => method,
    ({ folder, method }) => join(basename(resolve(folder)), method),
    ({ file }) => file,
  ];
  const named = tries.map((name) => models.map(name));
  return named.find((names) => new Set(names).size === models.length) ?? (named.at(-1) as string[]);
}
