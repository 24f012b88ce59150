import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import allCounts from '../test/tfjs_specs/counts.json';
import { kernels } from './kernels';
import { fusedKernels } from './kernels/fused';

const counts = allCounts.onnxruntime;
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

test('the README lists exactly the kernels that there are', () => {
  const table = readme.slice(readme.indexOf('| family | kernels |'), readme.indexOf('A kernel that is missing'));
  const listed = [...table.matchAll(/`(\w+)`/g)].map(([, name]) => name);
  expect(listed.toSorted()).toEqual(kernels.map(({ kernelName }) => kernelName).toSorted());
  expect(readme).toContain(`There are ${kernels.length}:`);
});

test('and exactly the fused ones', () => {
  const listed = [...readme.slice(readme.indexOf('### Fused kernels')).matchAll(/`(Halokit\w+)`/g)].map(
    ([, name]) => name,
  );
  expect(listed.toSorted()).toEqual(fusedKernels.map(({ kernelName }) => kernelName).toSorted());
});

test('the README says how many of TensorFlow.js’s specs pass', () => {
  const passed = counts.passed.toLocaleString('en');
  expect(readme.replace(/\s+/g, ' ')).toContain(`${counts.files} of TensorFlow.js's own spec files`);
  expect(readme).toContain(`${passed} specs pass, ${counts.failed === 0 ? 'none fails' : `${counts.failed} fail`}`);
  expect(readme).toContain(`${counts.excluded} are left out`);
});
