import { test } from 'vitest';
import { expectSurvival } from '../../../test/expect_survival';

test(
  'training that is killed twenty times, while it saves too, ends with the bytes of training that is not',
  () => expectSurvival(20, 1),
  300_000,
);
