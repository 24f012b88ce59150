import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freshEngine, nativeBytes, nativeTensors } from '../test/engine';
import { livingHandles, type OnnxRuntimeBackend } from '.';

let engine: OnnxRuntimeBackend;
beforeEach(async () => {
  engine = await freshEngine();
});
afterEach(() => {
  tf.disposeVariables();
});

const values = (tensor: tf.Tensor) => Array.from(tensor.dataSync());

describe('reading', () => {
  test('nothing runs before somebody reads, and then all that is alive', async () => {
    const x = tf.tensor1d([1, 2, 3]);
    const y = tf.add(x, 1);
    const z = tf.mul(y, 2);
    expect(engine.statistics.runs).toBe(0);
    expect(Array.from(await y.data())).toEqual([2, 3, 4]);
    expect(engine.statistics.runs).toBe(1);
    expect(Array.from(await z.data())).toEqual([4, 6, 8]);
    expect(engine.statistics.runs).toBe(1);
  });

  test('what nobody holds any more is not computed, unless what is held needs it', async () => {
    const x = tf.tensor1d([1, 2, 3]);
    const kept = tf.tidy(() => {
      tf.exp(x);
      return tf.neg(tf.square(x));
    });
    await kept.data();
    expect(engine.statistics.nodes).toBe(2);
  });

  test('dataSync computes before it returns', () => {
    expect(values(tf.matMul(tf.ones([2, 3]), tf.ones([3, 1])))).toEqual([3, 3]);
  });

  test('dataSync while a run is under way says what to do, for numbers that are not there', async () => {
    const x = tf.tensor1d([1, 2, 3]);
    const first = tf.exp(x);
    const reading = first.data();
    const second = tf.sqrt(x);
    expect(() => second.dataSync()).toThrow('await data() instead');
    expect(values(x)).toEqual([1, 2, 3]);
    await reading;
    expect(second.dataSync()[0]).toBe(1);
  });

  test('several flushes in flight, the later ones on results of the earlier', async () => {
    let x = tf.tensor1d([0]);
    const readings: ReturnType<typeof x.data>[] = [];
    for (let i = 0; i < 20; i++) {
      x = tf.add(x, 1);
      readings.push(x.data());
    }
    const results = await Promise.all(readings);
    expect(results.map(([value]) => value)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  test('what is read is a copy: neither side sees later changes of the other', async () => {
    const mine = Float32Array.of(1, 2, 3);
    const x = tf.tensor1d(mine);
    const y = tf.add(x, 1);
    mine.fill(9);
    const read = await y.data();
    read.fill(7);
    expect(values(x)).toEqual([1, 2, 3]);
    expect(values(y)).toEqual([2, 3, 4]);
  });

  test('a tensor may be disposed of while it is read', async () => {
    const x = tf.exp(tf.zeros([100, 200]));
    const [first, second] = [x.data(), x.data()];
    x.dispose();
    expect((await first)[0]).toBe(1);
    expect((await second)[19_999]).toBe(1);
  });

  test('flush on demand', async () => {
    const y = tf.add(tf.tensor1d([1, 2]), 1);
    await engine.flush();
    expect(engine.statistics.runs).toBe(1);
    expect(values(y)).toEqual([2, 3]);
    expect(engine.statistics.runs).toBe(1);
  });

  test('numbers are read early, while graphs behind them still run', async () => {
    const x = tf.randomUniform([900, 900], -0.1, 0.1);
    const products = (x: tf.Tensor, count: number) => {
      let y = x;
      for (let i = 0; i < count; i++) y = tf.tidy(() => tf.tanh(tf.matMul(y, x)));
      return y;
    };
    const first = products(x, 2);
    const last = products(first, 60);
    const early = await (tf.backend() as OnnxRuntimeBackend).readEarly(first.dataId);
    expect(() => last.dataSync()).toThrow('A run is under way');
    expect(await first.data()).toEqual(early);
    expect(await last.data()).toHaveLength(900 * 900);
  });

  test('numbers are changed in place where nobody else has them', async () => {
    const backend = tf.backend() as OnnxRuntimeBackend;
    const x = tf.randomUniform([300, 300]);
    const y = tf.add(x, 1);
    const numbers = (await backend.inPlace(y.dataId)) as Float32Array;
    expect(numbers).toEqual(await y.data());
    numbers.fill(7);
    expect((await y.data()).every((value) => value === 7)).toBe(true);
    expect((await tf.sum(y).data())[0]).toBe(7 * 300 * 300);
    const shared = tf.clone(y);
    expect(await backend.inPlace(y.dataId)).toBeUndefined();
    shared.dispose();
    const read = tf.mul(y, 2);
    expect(await backend.inPlace(y.dataId)).toBeUndefined();
    await read.data();
    expect(await backend.inPlace(y.dataId)).toHaveLength(300 * 300);
    expect(await backend.inPlace(tf.tensor1d([1, 2]).dataId)).toBeUndefined();
  });

  test('the event loop turns while a run is under way', async () => {
    const x = tf.randomUniform([1200, 1200]);
    let turns = 0;
    const timer = setInterval(() => {
      turns++;
    }, 1);
    const y = tf.tidy(() => {
      let y = x;
      for (let i = 0; i < 6; i++) y = tf.matMul(y, x);
      return tf.sum(y);
    });
    await y.data();
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });
});

describe('holding', () => {
  test('TensorFlow.js counts tensors and bytes as on any backend', async () => {
    const before = tf.memory();
    const x = tf.zeros([10, 10]);
    const y = tf.tidy(() => tf.add(tf.mul(x, 2), 1));
    await y.data();
    expect(tf.memory().numTensors - before.numTensors).toBe(2);
    expect(tf.memory().numBytes - before.numBytes).toBe(800);
    expect(tf.memory().unreliable).toBe(false);
    tf.dispose([x, y]);
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
  });

  test('native memory goes with the tensors', async () => {
    const x = tf.randomUniform([400, 400]);
    const y = tf.tidy(() => tf.matMul(tf.exp(x), x));
    await y.data();
    expect(nativeTensors()).toBe(2);
    tf.dispose([x, y]);
    expect(nativeTensors()).toBe(0);
  });

  test('a tensor that a recorded step still reads may be disposed of', async () => {
    const x = tf.randomUniform([300, 300]);
    await x.data();
    const y = tf.tidy(() => tf.mean(tf.sub(x, x)));
    x.dispose();
    expect((await y.data())[0]).toBe(0);
    expect(nativeBytes()).toBeLessThan(300 * 300 * 4);
  });

  test('what only dead steps read is freed by the next flush', async () => {
    const x = tf.randomUniform([300, 300]);
    tf.tidy(() => {
      tf.exp(x);
    });
    x.dispose();
    await tf.add(1, 1).data();
    expect(nativeBytes()).toBeLessThan(300 * 300 * 4);
  });

  test('reshaped and cloned tensors share numbers', async () => {
    const x = tf.randomUniform([100, 200]);
    const y = tf.clone(tf.reshape(x, [200, 100]));
    expect(nativeTensors()).toBe(1);
    x.dispose();
    expect((await y.data()).length).toBe(20000);
  });

  test('a reshaped tensor that ran before and is used again, after its original has gone', async () => {
    const x = tf.exp(tf.randomUniform([100, 200]));
    const expected = await tf.sum(tf.reshape(x, [200, 100]), 0).data();
    await tf.mean(tf.reshape(x, [200, 100])).data();
    const again = tf.sum(tf.reshape(x, [200, 100]), 0);
    x.dispose();
    expect(await again.data()).toEqual(expected);
  });

  test('tensors move here from another backend, and away', async () => {
    await tf.setBackend('cpu');
    const x = tf.tensor1d([1, 2, 3]);
    await tf.setBackend('onnxruntime');
    const y = tf.mul(x, 2);
    await tf.setBackend('cpu');
    expect(values(tf.add(y, 1))).toEqual([3, 5, 7]);
  });

  test('variables keep their numbers through assignments', async () => {
    const w = tf.variable(tf.zeros([3]));
    for (let i = 0; i < 3; i++) tf.tidy(() => w.assign(tf.add(w, 1)));
    expect(Array.from(await w.data())).toEqual([3, 3, 3]);
  });

  test('a program that never reads is computed in between', () => {
    const x = tf.tidy(() => {
      let x: tf.Tensor = tf.tensor1d([0]);
      for (let i = 0; i < 70_000; i++) x = tf.add(x, 1);
      return x;
    });
    expect(engine.statistics.runs).toBeGreaterThan(0);
    expect(values(x)).toEqual([70_000]);
  });

  test('a program that reads now and then is never computed in between', async () => {
    const x = tf.tensor1d([0]);
    for (let step = 0; step < 7; step++) {
      const y = tf.tidy(() => {
        let y: tf.Tensor = x;
        for (let i = 0; i < 10_000; i++) y = tf.clone(tf.reshape(tf.add(x, 1), [1]));
        return y;
      });
      await y.data();
      y.dispose();
    }
    // One run a step: the limit counts from the last flush, not from the beginning.
    expect(engine.statistics.runs).toBe(7);
  });
});

describe('the backend', () => {
  test('time says how long a program computes', async () => {
    const { kernelMs } = await tf.time(() => tf.matMul(tf.ones([200, 200]), tf.ones([200, 200])));
    expect(kernelMs).toBeGreaterThan(0);
  });

  test('disposal gives everything back, and it can start again', async () => {
    const x = tf.randomUniform([300, 300]);
    await tf.exp(x).data();
    await tf.setBackend('cpu');
    tf.removeBackend('onnxruntime');
    expect(livingHandles()).toEqual({});
    await freshEngine();
    expect(values(tf.add(1, 1))).toEqual([2]);
  });

  test('disposal in the middle of a run waits for it, and reading fails with a reason', async () => {
    const x = tf.randomUniform([700, 700]);
    const reading = tf.matMul(tf.matMul(x, x), tf.matMul(x, x)).data();
    await tf.setBackend('cpu');
    tf.removeBackend('onnxruntime');
    await expect(reading).rejects.toThrow(/disposed|cancelled/);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(livingHandles()).toEqual({});
  });

  test('a kernel that it lacks is named', () => {
    expect(() => tf.spectral.fft(tf.complex([1], [1]))).toThrow(/Complex|FFT/);
    expect(() => tf.engine().runKernel('Dilation2D', {})).toThrow("Kernel 'Dilation2D' not registered");
  });
});
