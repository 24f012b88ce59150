// Trains for 200 steps, and prints the resident memory after each.
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import '../../src';

tf.env().set('PROD', true);
await tf.setBackend('onnxruntime');

const width = 512;
const layers = Array.from({ length: 6 }, (_, i) =>
  tf.tidy(() => tf.variable(tf.randomNormal([width, width], 0, 0.03, 'float32', i))),
);
const vocabulary = tf.tidy(() => tf.variable(tf.randomNormal([4000, width], 0, 1, 'float32', 9)));
const weights = [vocabulary, ...layers];
const squares = weights.map(({ shape }) => tf.tidy(() => tf.variable(tf.zeros(shape), false)));

function loss(ids: tf.Tensor1D): tf.Scalar {
  let x = tf.gather(vocabulary, ids) as tf.Tensor2D;
  for (const w of layers) x = tf.add(x, tf.tanh(tf.matMul(x, w as unknown as tf.Tensor2D)));
  return tf.mean(tf.square(x));
}

const resident: number[] = [];
const tensors: number[] = [];
for (let step = 0; step < 200; step++) {
  const value = tf.tidy(() => {
    const ids = tf.tensor1d(
      Int32Array.from({ length: 256 }, (_, i) => (i * 31 + step) % 4000),
      'int32',
    );
    const { value, grads } = tf.variableGrads(() => loss(ids), weights);
    weights.forEach((weight, i) => {
      const square = squares[i] as tf.Variable;
      const gradient = grads[weight.name] as tf.Tensor;
      square.assign(tf.add(tf.mul(square, 0.99), tf.mul(tf.square(gradient), 0.01)));
      weight.assign(tf.sub(weight, tf.div(tf.mul(gradient, 1e-4), tf.add(tf.sqrt(square), 1e-8))));
    });
    return value;
  });
  await value.data();
  value.dispose();
  resident.push(process.memoryUsage.rss());
  tensors.push(tf.memory().numTensors);
}
console.log(JSON.stringify({ resident, tensors }));
