import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { kto } from '../core/kto';
import { bradleyTerry } from '../experimental/bradley_terry';
import { checkHalo } from './check_halo';
import { describeHalo } from './describe_halo';

beforeAll(() => tf.setBackend('cpu'));

test('a line per clause, its counter-example below it', async () => {
  expect(describeHalo(await checkHalo(kto({ desirableWeight: 1.33 })))).toBe(
    `kto does not meet the definition of a human-aware loss.
  Definition 3.4, signed: the loss is a v(r - E[r]) + constant, a = -1 desirable, +1 undesirable
  ✓ reward            r is the log-ratio: log pi(y|x) - log pi_ref(y|x), a sum over tokens.
  ✓ reference point   The loss depends on the reward less a reference point, an expected reward over the mismatched rows, held at 0 where that is negative.
  ✓ non-decreasing    v never falls, z from -512 to 512 nats.
  ✓ concave in gains  v never bends upwards in gains, z from -512 to 512 nats.
  ✗ one v             v has one shape, but that of desirable examples is 1.33 times as tall: a class weight of 1.33, which the definition has no place for, makes it one.
                      e.g. from z = 0 to 32 v changes by 0.61291 for a desirable example and by 0.460834 for an undesirable one
  As prospect theory has it, by the loss of a desirable example:
    reference point   yes
    concave in gains  yes
    convex in losses  yes
    loss aversion     no; right at the reference point a loss weighs 1 times as much as a gain
`,
  );
});

test('what the numbers do not tell is said so', async () => {
  const text = describeHalo(await checkHalo(bradleyTerry()));
  expect(text).toContain('  ? reference point   The loss hardly moves');
  expect(text).toContain('    loss aversion     the numbers do not tell\n');
});
