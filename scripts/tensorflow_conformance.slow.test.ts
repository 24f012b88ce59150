// Does TensorFlow's own backend for Node, where one is installed, agree with cpu as closely as ours has to?
import { describe, test } from 'vitest';
import { chooseBackend } from '../apps/archangel/src/backend';
import { gradients } from '../packages/tfjs-backend-onnxruntime/test/conformance/gradients';
import { rowsOf } from '../packages/tfjs-backend-onnxruntime/test/conformance/kernels_of';
import { checkAgreement } from '../packages/tfjs-backend-onnxruntime/test/conformance/property';
import type { Row } from '../packages/tfjs-backend-onnxruntime/test/conformance/row';
import { limits } from './tensorflow_limits';

const [notice, missing] = await chooseBackend('tensorflow').then(
  ({ notice }) => [notice],
  (error: Error) => [undefined, error.message],
);

/** Of the cases those in which TensorFlow means to do the same. */
function check(row: Row): Promise<void> {
  const within = limits.find(({ kernels }) => kernels.includes(row.kernel))?.within;
  return checkAgreement(row, { cases: 96, seed: 1, backend: 'tensorflow', within });
}

describe.skipIf(missing)(notice ?? `not held against cpu. ${missing}`, () => {
  const out = limits.filter(({ within }) => !within).flatMap(({ kernels }) => kernels);
  const rows = rowsOf('tensorflow').filter(({ kernel }) => !out.includes(kernel));
  test.each(rows.map((row) => [row.kernel, row] as const))('%s', (_, row) => check(row));
  test.each(gradients.map((row) => [row.kernel, row] as const))('gradients of %s', (_, row) => check(row));
});
