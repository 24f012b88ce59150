import type { SetName } from '../mixture/source';

/** Which side of a data set's own division is wanted. */
export type Split = 'train' | 'test';

/** The side a file belongs to by its name, `harmless-base/train.jsonl.gz` or `validation-00000-of-00001.parquet` say. */
export function splitOf(path: string): 'train' | 'validation' | 'test' | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const [, found] = /(?:^|[^a-z])(train|test|validation|valid|val|dev)(?=[^a-z]|$)/.exec(name) ?? [];
  if (found === undefined) return undefined;
  return found === 'train' || found === 'test' ? found : 'validation';
}

/**
 * The files of a folder that hold a set's rows, of one side of its division:
 *
 * - files whose name says no side count as `train`; where there are none for `test`, those for validation serve;
 * - HH: not the red-team attempts, which are no pairs;
 * - OASST comes in several forms at once: Parquet if there is any, otherwise messages before trees, those ready for
 *   export before all, and neither the spam nor the prompts alone.
 */
export function setFiles(set: SetName | undefined, paths: readonly string[], split: Split): string[] {
  const whole = set === undefined ? [...paths] : formsOf(set, paths);
  if (split === 'train') return whole.filter((path) => (splitOf(path) ?? 'train') === 'train');
  const test = whole.filter((path) => splitOf(path) === 'test');
  return test.length > 0 ? test : whole.filter((path) => splitOf(path) === 'validation');
}

function formsOf(set: SetName, paths: readonly string[]): string[] {
  if (set === 'hh') return paths.filter((path) => !/red[-_]team/i.test(path));
  if (set === 'shp') return [...paths];
  const parquet = paths.filter((path) => path.endsWith('.parquet'));
  if (parquet.length > 0) return parquet;
  const conversations = paths.filter((path) => !/(^|[_./])(spam|prompts)[_./]/.test(path));
  const messages = prefer(conversations, (path) => /(^|[_./])messages[_./]/.test(path));
  return prefer(messages, (path) => /(^|[_./])ready[_./]/.test(path));
}

function prefer(paths: readonly string[], wanted: (path: string) => boolean): string[] {
  const found = paths.filter(wanted);
  return found.length > 0 ? found : [...paths];
}
