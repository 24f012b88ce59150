// How fast the onnxruntime backend multiplies matrices of the sizes of a step, in a process of its own: one JSON line.
import type { DeviceName, OnnxRuntimeBackend } from '@halokit/tfjs-backend-onnxruntime';
import * as tf from '@tensorflow/tfjs-core';
import { flopsOf } from './products';
import type { Product, RateJob, Rates } from './protocol';
import { startOn } from './start_on';

const { device, arithmetic, products, patience }: RateJob = JSON.parse(process.argv[2] ?? '{}');
await startOn(device as DeviceName, arithmetic);
const backend = tf.backend() as OnnxRuntimeBackend;
const flopsPerSecond: number[] = [];
for (const product of products) flopsPerSecond.push(await rate(product));
const rates: Rates = { flopsPerSecond };
console.log(JSON.stringify(rates));

async function rate(product: Product): Promise<number> {
  const { batch, m, k, n, transposeA = false, transposeB = false } = product;
  const a = tf.randomUniform(transposeA ? [batch, k, m] : [batch, m, k], -1, 1);
  const b = tf.randomUniform(transposeB ? [batch, n, k] : [batch, k, n], -1, 1);
  /** Seconds of so many products, one after the other, until the last is there. */
  const seconds = async (times: number) => {
    const started = performance.now();
    for (let i = 1; i <= times; i++) {
      const c = tf.matMul(a, b, transposeA, transposeB);
      await (i === times ? backend.finish() : backend.flush());
      c.dispose();
    }
    return (performance.now() - started) / 1000;
  };
  // The first compiles.
  await seconds(1);
  const times = Math.max(1, Math.ceil(patience / (await seconds(1))));
  const fastest = Math.min(await seconds(times), await seconds(times), await seconds(times));
  tf.dispose([a, b]);
  return (times * flopsOf(product)) / fastest;
}
