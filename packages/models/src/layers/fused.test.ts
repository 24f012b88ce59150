import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { difference, type Held } from '../../test/both_backends';
import { labelLogpsCall } from '../../test/fused_calls';
import { operations } from '../../test/fused_draws';

const held = fc.constantFrom<Held>('in JavaScript', 'to be computed');

describe.each(Object.entries(operations))('%s', (_, { kernels, calls }) => {
  // Or else the definition would be compared with itself.
  test.each(kernels)('%s is a kernel of the native engine', (name) => {
    expect(tf.getKernel(name, 'onnxruntime')).toBeDefined();
    expect(tf.getKernel(name, 'cpu')).toBeUndefined();
  });

  test('kernels compute what the definition and its gradient do, and leave no tensor behind', async () => {
    await tf.ready();
    const property = fc.asyncProperty(calls, held, async (call, where) => {
      const before = tf.memory().numTensors;
      expect(await difference(call, 1, where)).toBeUndefined();
      expect(tf.memory().numTensors).toBe(before);
    });
    await fc.assert(property, { numRuns: 40, seed: 1 });
  });
});

test('log-probabilities have the same gradients where the logits were not kept', async () => {
  for (const vocabulary of [97, 9000, 2 * 8209]) {
    const call = labelLogpsCall({ seed: 1, width: 3, vocabulary, labels: [0, 5, 5, 96], spread: 1 });
    // A forward pass that thinks nobody trains keeps nothing.
    const run: typeof call.run = (inputs) => {
      const tape = vi.spyOn(tf.engine(), 'isTapeOn').mockReturnValueOnce(false);
      try {
        return call.run(inputs);
      } finally {
        tape.mockRestore();
      }
    };
    expect(await difference({ ...call, run }, 1, 'in JavaScript')).toBeUndefined();
  }
});
