// Does the runner of TensorFlow.js's specs notice what it is there to notice?
import { expect, test } from 'vitest';
import { type Mutant, mutantVariable } from '../test/tfjs_specs/backends/mutant_names';
import { type RunOptions, type RunResult, runSpecFiles } from '../test/tfjs_specs/run';
import { countsOf, failuresByReason, failuresOf, filesWithoutSpecs } from '../test/tfjs_specs/summary';

const files = ['ops/exp', 'ops/floor'];

function run(mutant: Mutant, options: Partial<RunOptions> = {}): Promise<RunResult> {
  return runSpecFiles({ backend: 'mutants', files, env: { [mutantVariable]: mutant }, ...options });
}

const passedIn = (file: string, { specs }: RunResult) =>
  specs.filter((spec) => spec.file === file && spec.status === 'passed').length;

test('a backend without a fault passes', async () => {
  const result = await run('none');
  expect(countsOf(result)).toEqual({ files: 2, passed: 20, failed: 0, excluded: 0 });
  expect([...result.crashes, ...result.loadErrors, ...result.suiteErrors]).toEqual([]);
});

test('wrong values fail the specs that compare them', async () => {
  const failures = failuresOf(await run('wrong'));
  expect(failures.length).toBeGreaterThan(3);
  expect(new Set(failures.map(({ file }) => file))).toEqual(new Set(['ops/exp']));
  expect(failures[0]?.messages.join()).toContain('Arrays differ');
});

test('a kernel that keeps data to itself fails', async () => {
  const reasons = failuresByReason(failuresOf(await run('leak')));
  expect(reasons.map(([reason]) => reason)).toContain('leaks memory');
});

test.each([
  ['abort', /^(died of|exited with)/],
  ['hang', /^hung for 3 s/],
] as const)('%s in native code is blamed on its spec, and the next file still runs', async (mutant, what) => {
  const result = await run(mutant, { hangMs: 3000 });
  expect(result.crashes).toHaveLength(1);
  expect(result.crashes[0]).toMatchObject({ file: 'ops/exp', what: expect.stringMatching(what) });
  expect(result.crashes[0]?.what).toContain('at "exp mutant');
  expect(passedIn('ops/floor', result)).toBe(10);
});

test('a backend that does not start is an error', async () => {
  await expect(run('absent')).rejects.toThrow('before it came to any spec');
});

test('a file without specs, and a file that does not exist, are noticed', async () => {
  expect(filesWithoutSpecs(await run('none', { files: ['io/indexed_db', 'ops/floor'] }))).toEqual(['io/indexed_db']);
  await expect(run('none', { files: ['ops/no_such_op'] })).rejects.toThrow('no spec file ops/no_such_op');
});

test('excluded specs are counted as such', async () => {
  const result = await run('none', { excluded: { 'ops/exp': ['gradient'] } });
  const { passed, excluded } = countsOf(result);
  expect(excluded).toBeGreaterThan(0);
  expect(passed + excluded).toBe(20);
});
