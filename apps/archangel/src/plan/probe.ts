import type { OnnxRuntimeBackend } from '@halokit/tfjs-backend-onnxruntime';
import type { MachineRates } from '@halokit/trainer';
import * as tf from '@tensorflow/tfjs-core';

/** Rows and columns of the matrices that are multiplied: far beyond the caches, and 2 GFLOP a product. */
const size = 1024;

/** Numbers of the arrays that are added: 64 MiB each, which no cache holds. */
const length = 1 << 24;

/** How long each is repeated, in seconds. */
const patience = 0.6;

let known: Promise<MachineRates> | undefined;

/**
 * How fast ONNX Runtime multiplies matrices and goes through memory here. Needs its backend, and under two seconds the first
 * time.
 */
export function machineRates(): Promise<MachineRates> {
  known ??= probe();
  return known;
}

async function probe(): Promise<MachineRates> {
  const ones = (count: number) => new Float32Array(count).fill(1);
  const matrix = tf.tensor2d(ones(size * size), [size, size]);
  const array = tf.tensor1d(ones(length));
  try {
    const product = await median(() => tf.matMul(matrix, matrix, false, true));
    const sum = await median(() => tf.add(array, array));
    // A sum reads its array twice, the second time from where the first left it, and writes one.
    return { flopsPerSecond: (2 * size ** 3) / product, bytesPerSecond: (2 * 4 * length) / sum };
  } finally {
    tf.dispose([matrix, array]);
  }
}

/** Seconds of a computation that is recorded before, and never read. What else the machine does now counts: it will go on. */
async function median(record: () => tf.Tensor): Promise<number> {
  const backend = tf.backend() as OnnxRuntimeBackend;
  const seconds: number[] = [];
  const end = performance.now() + 1000 * patience;
  // The first compiles.
  for (let i = 0; i < 2 || performance.now() < end; i++) {
    const result = record();
    const started = performance.now();
    await backend.finish();
    if (i > 0) seconds.push((performance.now() - started) / 1000);
    result.dispose();
  }
  return seconds.sort((a, b) => a - b)[Math.floor(seconds.length / 2)] as number;
}
