import * as tf from '@tensorflow/tfjs-core';
import type { Model } from './model';

type WeightOf = (name: string) => tf.Tensor;

/**
 * The states after the last norm, [rows x tokens, width], of a GPT-NeoX transformer: attention and MLP in parallel, a
 * quarter of each head rotated, exact GELU, biases everywhere.
 */
export function hiddenStates(model: Model, ids: tf.Tensor2D): tf.Tensor2D {
  const weight: WeightOf = (name) => model.weights.get(name) as tf.Variable;
  let x = tf.gather(weight('embed_in.weight'), tf.reshape(ids, [-1])) as tf.Tensor2D;
  for (let layer = 0; layer < model.shape.layers; layer++) {
    const of: WeightOf = (name) => weight(`layers.${layer}.${name}`);
    const attended = attention(model, of, layerNorm(x, of, 'input_layernorm'));
    const transformed = mlp(of, layerNorm(x, of, 'post_attention_layernorm'));
    x = tf.add(tf.add(x, attended), transformed);
  }
  return layerNorm(x, weight, 'final_layer_norm');
}

function attention({ shape, constants }: Model, of: WeightOf, x: tf.Tensor2D): tf.Tensor2D {
  const { tokens, heads, width } = shape;
  const rows = (x.shape[0] as number) / tokens;
  const size = width / heads;
  const rotate = (part: tf.Tensor) =>
    tf.add(
      tf.mul(part, constants.cos),
      tf.mul(tf.reshape(tf.matMul(tf.reshape(part, [-1, size]), constants.turn), part.shape), constants.sin),
    );
  const packed = tf.reshape(linear(x, of, 'query_key_value'), [rows, tokens, heads, 3 * size]);
  const [q, k, v] = tf.split(tf.transpose(packed, [0, 2, 1, 3]), 3, 3) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const scores = tf.matMul(tf.mul(rotate(q), 1 / Math.sqrt(size)), rotate(k), false, true);
  const mixed = tf.matMul(tf.softmax(tf.add(scores, constants.mask)), v);
  return linear(tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [rows * tokens, width]), of, 'dense');
}

function mlp(of: WeightOf, x: tf.Tensor2D): tf.Tensor2D {
  const inner = linear(x, of, 'dense_h_to_4h');
  const active = tf.mul(tf.mul(inner, 0.5), tf.add(tf.erf(tf.mul(inner, Math.SQRT1_2)), 1));
  return linear(active as tf.Tensor2D, of, 'dense_4h_to_h');
}

function linear(x: tf.Tensor2D, of: WeightOf, name: string): tf.Tensor2D {
  return tf.add(tf.matMul(x, of(`${name}.weight`) as tf.Tensor2D, false, true), of(`${name}.bias`));
}

function layerNorm(x: tf.Tensor2D, of: WeightOf, name: string): tf.Tensor2D {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const variance = tf.mean(tf.square(centred), -1, true);
  const normal = tf.mul(centred, tf.rsqrt(tf.add(variance, 1e-5)));
  return tf.add(tf.mul(normal, of(`${name}.weight`)), of(`${name}.bias`));
}
