import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('every file of the oracle is in some test', () => {
  const folder = (path: string) => new URL(path, import.meta.url);
  const tests = ['./', './core/', './experimental/']
    .flatMap((path) => readdirSync(folder(path)).map((file) => folder(path + file)))
    .filter((file) => file.pathname.endsWith('.test.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const names = readdirSync(folder('../fixtures/')).map((file) => file.replace('.json', ''));
  expect(names.length).toBeGreaterThanOrEqual(34);
  expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(tests))).toEqual([]);
});
