import { beforeAll, expect, test } from 'vitest';
import { claimedFiles } from './claimed';
import { excludedSpecs, idleExclusions } from './exclusions';
import { heldCounts, updateCommand } from './held_counts';
import { failureReport } from './report';
import { type RunResult, runSpecFiles } from './run';
import { countsOf, failuresOf, filesWithoutSpecs } from './summary';

/** The tests that hold a backend to the specs of the claimed files. @param env what its process is told besides */
export function holdSpecs(backend: string, env: Readonly<Record<string, string>> = {}): void {
  let result: RunResult;

  beforeAll(async () => {
    result = await runSpecFiles({ backend, files: claimedFiles, excluded: excludedSpecs(backend), env });
  }, 600_000);

  test('every file loads, has specs, and neither crashes nor hangs', () => {
    expect(result.crashes).toEqual([]);
    expect(result.loadErrors).toEqual([]);
    expect(result.suiteErrors).toEqual([]);
    expect(filesWithoutSpecs(result)).toEqual([]);
  });

  test('98 of 100 specs pass', () => {
    const { passed, failed } = countsOf(result);
    expect(passed / (passed + failed), failureReport(failuresOf(result))).toBeGreaterThanOrEqual(0.98);
  });

  test('at most 5 of 100 specs are excluded, by exclusions that all exclude something', () => {
    const { passed, failed, excluded } = countsOf(result);
    expect(excluded / (passed + failed + excluded)).toBeLessThanOrEqual(0.05);
    const left = result.specs.filter(({ status }) => status === 'excluded');
    expect(idleExclusions(backend, left)).toEqual([]);
  });

  test('the counts are those held in counts.json', () => {
    const report = failureReport(failuresOf(result));
    const hint = `If the new counts are right, hold them: ${updateCommand(backend)}\n${report}`;
    expect(countsOf(result), hint).toEqual(heldCounts(backend));
  });
}
