import { describe, expect, test } from 'vitest';
import { claimedFiles } from '../test/tfjs_specs/claimed';
import { exclusionsOf } from '../test/tfjs_specs/exclusions';
import { holdSpecs } from '../test/tfjs_specs/hold_specs';
import { notClaimed } from '../test/tfjs_specs/not_claimed';
import { allSpecFiles } from '../test/tfjs_specs/spec_files';

test('every spec file of tfjs-core is claimed, or not claimed for a reason', () => {
  const files = [...claimedFiles, ...notClaimed.flatMap((group) => group.files)];
  expect(files.sort()).toEqual(allSpecFiles());
});

test.each(['onnxruntime', 'webgpu'])('only specs of claimed files are excluded one by one on %s', (backend) => {
  const files = exclusionsOf(backend).flatMap(({ specs }) => Object.keys(specs));
  expect(files.filter((file) => !claimedFiles.includes(file))).toEqual([]);
});

describe("TensorFlow.js's own specs on this backend", () => holdSpecs('onnxruntime'));
