import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { livingHandles, type OnnxRuntimeBackend, type Statistics } from '../src';

/** Starts the backend afresh: no session compiled, nothing counted. */
export async function freshEngine(): Promise<OnnxRuntimeBackend> {
  await tf.setBackend('cpu');
  if (tf.findBackendFactory('onnxruntime')) tf.removeBackend('onnxruntime');
  const { OnnxRuntimeBackend } = await import('../src');
  tf.registerBackend('onnxruntime', () => new OnnxRuntimeBackend(), 0);
  await tf.setBackend('onnxruntime');
  return tf.backend() as OnnxRuntimeBackend;
}

/** What a program adds to the engine's statistics. */
export async function spent(engine: OnnxRuntimeBackend, program: () => Promise<unknown>): Promise<Statistics> {
  const before = { ...engine.statistics };
  await program();
  const entries = Object.entries(engine.statistics) as [keyof Statistics, number][];
  return Object.fromEntries(entries.map(([name, value]) => [name, value - before[name]])) as unknown as Statistics;
}

/** Bytes of numbers in native memory. */
export function nativeBytes(): number {
  return (tf.memory() as tf.MemoryInfo & { numBytesNative: number }).numBytesNative;
}

/** Native tensors that are not freed. */
export function nativeTensors(): number {
  return livingHandles().tensor ?? 0;
}
