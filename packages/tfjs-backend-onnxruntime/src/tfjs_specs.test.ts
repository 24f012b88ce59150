import { beforeAll, describe, expect, test } from 'vitest';
import { claimedFiles } from '../test/tfjs_specs/claimed';
import { excludedSpecs, exclusions, idleExclusions } from '../test/tfjs_specs/exclusions';
import { heldCounts, updateCommand } from '../test/tfjs_specs/held_counts';
import { notClaimed } from '../test/tfjs_specs/not_claimed';
import { failureReport } from '../test/tfjs_specs/report';
import { type RunResult, runSpecFiles } from '../test/tfjs_specs/run';
import { allSpecFiles } from '../test/tfjs_specs/spec_files';
import { countsOf, failuresOf, filesWithoutSpecs } from '../test/tfjs_specs/summary';

test('every spec file of tfjs-core is claimed, or not claimed for a reason', () => {
  const files = [...claimedFiles, ...notClaimed.flatMap((group) => group.files)];
  expect(files.sort()).toEqual(allSpecFiles());
});

test('only specs of claimed files are excluded one by one', () => {
  const files = exclusions.flatMap(({ specs }) => Object.keys(specs));
  expect(files.filter((file) => !claimedFiles.includes(file))).toEqual([]);
});

describe("TensorFlow.js's own specs on this backend", () => {
  let result: RunResult;

  beforeAll(async () => {
    result = await runSpecFiles({ backend: 'onnxruntime', files: claimedFiles, excluded: excludedSpecs() });
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
    expect(idleExclusions(result.specs.filter(({ status }) => status === 'excluded'))).toEqual([]);
  });

  test('the counts are those held in counts.json', () => {
    const hint = `If the new counts are right, hold them: ${updateCommand}\n${failureReport(failuresOf(result))}`;
    expect(countsOf(result), hint).toEqual(heldCounts());
  });
});
