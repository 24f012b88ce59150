// Compiles four graphs that read a large array of zeros, and prints what resident memory they leave beside the arena.
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import type { OnnxRuntimeBackend } from '../../src';
import '../../src';

tf.env().set('PROD', true);
await tf.setBackend('onnxruntime');
const engine = tf.backend() as OnnxRuntimeBackend;

const size = 1 << 24;
const array = 4 * size;
const x = tf.tensor1d(new Float32Array(size).fill(1));

/** A graph of its own for every number of roots. */
async function addZeros(roots: number): Promise<void> {
  const y = tf.tidy(() => {
    let y: tf.Tensor = tf.add(x, tf.sqrt(tf.zerosLike(x)));
    for (let i = 0; i < roots; i++) y = tf.sqrt(y);
    return y;
  });
  await engine.flush();
  y.dispose();
}

function outsideOfArena(): number {
  globalThis.gc?.();
  return process.memoryUsage.rss() - engine.arena.reserved;
}

await addZeros(0);
const before = outsideOfArena();
for (let roots = 1; roots <= 4; roots++) await addZeros(roots);
console.log(JSON.stringify({ array, kept: outsideOfArena() - before }));
