import '@tensorflow/tfjs';
import '@halokit/tfjs-backend-onnxruntime';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { createModel } from '../causal_lm';
import { readConfig } from '../families/families';
import { logits } from '../forward_pass';

test.each(['cpu', 'onnxruntime'])('on %s, a head too small to have a rotated part is not rotated', async (backend) => {
  await tf.setBackend(backend);
  const config = readConfig({
    model_type: 'gpt_neox',
    vocab_size: 30,
    hidden_size: 8,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    rotary_pct: 0.25,
    max_position_embeddings: 16,
    initializer_range: 0.3,
  });
  const model = createModel(config, { seed: 3 });
  const gradient = () =>
    tf.variableGrads(() => tf.mean(tf.square(logits(model, tf.tensor2d([[1, 2, 3]], [1, 3], 'int32')))) as tf.Scalar);
  const { value, grads } = tf.tidy(gradient);
  expect(await value.data()).toSatisfy((values: Float32Array) => values.every(Number.isFinite));
  expect(Object.keys(grads).length).toBe(model.weights.size);
});
