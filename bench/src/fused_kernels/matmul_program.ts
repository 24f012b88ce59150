// How fast ONNX Runtime multiplies square matrices here, in a process of its own: one JSON line with all rates.
import type { OnnxRuntimeBackend } from '@halokit/tfjs-backend-onnxruntime';
import * as tf from '@tensorflow/tfjs-core';
import { median } from '../statistics';
import { startBackend } from '../train_step/backend';
import { type MatmulRate, matmulFlops, sizes } from './matmul_rate';

const repetitions = 7;

await startBackend('onnxruntime');
const backend = tf.backend() as OnnxRuntimeBackend;
const rates: MatmulRate[] = [];
for (const size of sizes) {
  const [a, b] = [tf.randomUniform([size, size], -1, 1), tf.randomUniform([size, size], -1, 1)] as const;
  for (const transposed of [false, true]) {
    // The first compiles.
    await seconds(a, b, transposed);
    const times: number[] = [];
    for (let i = 0; i < repetitions; i++) times.push(await seconds(a, b, transposed));
    rates.push({ size, transposed, gigaflops: matmulFlops(size) / median(times) / 1e9 });
  }
  tf.dispose([a, b]);
}
console.log(JSON.stringify({ rates }));

/** Of computing one product, which is recorded before and never read. */
async function seconds(a: tf.Tensor, b: tf.Tensor, transposed: boolean): Promise<number> {
  const product = tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D, false, transposed);
  const started = performance.now();
  await backend.flush();
  const ended = performance.now();
  product.dispose();
  return (ended - started) / 1000;
}
