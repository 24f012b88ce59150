import { test } from 'vitest';
import { expectSurvival } from '../../../test/expect_survival';

test('training that is killed eighty times ends with the bytes of training that is not', () => expectSurvival(80, 2));
