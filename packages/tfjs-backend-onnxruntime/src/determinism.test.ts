import { beforeAll, test } from 'vitest';
import { expectSameSteps, expectSameSums } from '../test/duplicate_rows';
import { freshEngine } from '../test/engine';

beforeAll(async () => {
  await freshEngine();
});

test('sums into duplicate rows are the same bits 500 times, and right', () => expectSameSums(500));

test('a step of training is the same bits every time', () => expectSameSteps(20));
