// Computes with small arrays while garbage is collected by force, during recording, compiling and running. To be run with
// --expose-gc. Prints how often collection ran, and how many results were wrong.
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import '../../src';

tf.env().set('PROD', true);
await tf.setBackend('onnxruntime');
const collect = globalThis.gc;
if (!collect) throw new Error('Run with --expose-gc.');

let collections = 0;
let wrong = 0;
const timer = setInterval(() => {
  collect();
  collections++;
}, 0);

for (let round = 0; round < 150; round++) {
  const size = 1 + (round % 40);
  const numbers = Array.from({ length: size }, (_, i) => i + round);
  const results = tf.tidy(() => {
    const x = tf.tensor1d(numbers);
    if (round % 10 === 0) collect();
    // Small arrays of every kind: inputs, indices, shapes, and outputs down to one byte.
    const picked = tf.gather(x, tf.tensor1d([0, size - 1], 'int32'));
    return [tf.sum(x), picked, tf.greater(x, round), tf.tile(tf.reshape(x, [size, 1]), [1, 3])] as const;
  });
  const [sum, picked, above, tiled] = await Promise.all(results.map((tensor) => tensor.data()));
  const expected = numbers.reduce((a, b) => a + b, 0);
  const right =
    sum?.[0] === expected &&
    picked?.[1] === size - 1 + round &&
    above?.[0] === 0 &&
    tiled?.length === 3 * size &&
    tiled[2] === round;
  if (!right) wrong++;
  tf.dispose([...results]);
}
clearInterval(timer);
console.log(JSON.stringify({ collections, wrong, tensors: tf.memory().numTensors }));
