// The lookup here has more rows than are added up at once; that no operator of theirs is left to the processor is seen in the end.
import { setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, test } from 'vitest';
import { expectSameSteps, expectSameSums } from '../test/duplicate_rows';

beforeAll(() => setBackend('onnxruntime'));

test('sums into duplicate rows are the same bits every time, and right', () => expectSameSums(20));

test('a step of training is the same bits every time', () => expectSameSteps(10));
