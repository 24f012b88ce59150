// The comparison of conformance.test.ts with more cases, other ones on every run.
import './index';
import { describe, test } from 'vitest';
import { gradients } from '../test/conformance/gradients';
import { checkAgreement } from '../test/conformance/property';
import { table } from '../test/conformance/table';

const seed = Math.floor(Math.random() * 2 ** 31);

describe(`kernels and gradients agree with cpu, seed ${seed}`, () => {
  test.each([...table, ...gradients].map((row) => [row.kernel, row] as const))('%s', (_, row) =>
    checkAgreement(row, { cases: 480, seed }),
  );
});
