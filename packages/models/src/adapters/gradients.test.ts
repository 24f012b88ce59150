import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { dpoLoss, fillAdapter, gradientsOf, weightOf } from '../../test/adapters';
import { backends } from '../../test/backends';
import { expectClose, fixture, idsOf, readExpected } from '../../test/oracle';
import { type CausalLM, cloneModel, disposeModel } from '../causal_lm';
import { logits } from '../forward_pass';
import { loadCheckpoint } from '../node';
import { registerWasmKernels } from '../wasm';
import { adaptedModules, isOfAdapter, matricesOf } from './adapter';
import { addAdapter } from './add_adapter';
import { withDropout } from './dropout';
import { mergeAdapter } from './merge_adapter';

registerWasmKernels();
const options = { seed: 1, rank: 3, alpha: 6, dropout: 0 };
const scale = 2;

const withGradients = [
  ...['neox-parallel', 'neox-sequential', 'neox-2heads'],
  ...['llama-mha', 'llama-gqa', 'llama-rope3', 'llama-tied'],
];
const cases = backends.flatMap((backend) => withGradients.map((name) => [name, backend] as const));

describe.each(cases)('%s on %s', (name, backend) => {
  const expected = readExpected(name);
  let base: CausalLM;
  let model: CausalLM;
  let merged: CausalLM;
  beforeAll(async () => {
    await tf.setBackend(backend);
    base = await loadCheckpoint(fixture(name));
    const untouched = cloneModel(base, { trainable: true });
    model = addAdapter(untouched, options);
    fillAdapter(model, 7);
    merged = await mergeAdapter(model);
    return () => [base, model, merged].forEach(disposeModel);
  });

  test('computes what the merged model does', async () => {
    const ids = idsOf(expected.batch);
    const [unmerged, whole, plain] = await Promise.all([model, merged, base].map((m) => logits(m, ids).data()));
    expectClose(unmerged as Float32Array, whole as Float32Array, 5e-5);
    // The adapter changes something, or nothing would have been held.
    expect(Math.max(...(whole as Float32Array).map((x, i) => Math.abs(x - (plain?.[i] as number))))).toBeGreaterThan(
      0.1,
    );
  });

  test('its gradient is full fine-tuning’s, restricted: dB = s dW A^T, dA = s B^T dW', async () => {
    const before = tf.memory().numTensors;
    const full = gradientsOf(merged, (m) => dpoLoss(m, expected));
    const own = gradientsOf(model, (m) => dpoLoss(m, expected));
    expect(full.size).toBe(merged.weights.size);
    expect([...own.keys()].sort()).toEqual([...model.weights.keys()].filter(isOfAdapter).sort());
    for (const module of adaptedModules(model)) {
      const names = matricesOf(module);
      const dw = full.get(`${module}.weight`) as tf.Tensor2D;
      const wanted = tf.tidy(() => ({
        [names.a]: tf.mul(tf.matMul(weightOf(model, names.b) as tf.Tensor2D, dw, true, false), scale),
        [names.b]: tf.mul(tf.matMul(dw, weightOf(model, names.a) as tf.Tensor2D, false, true), scale),
      }));
      for (const [key, gradient] of Object.entries(wanted)) {
        const numbers = await gradient.data<'float32'>();
        const largest = Math.max(...numbers.map(Math.abs));
        expect(largest).toBeGreaterThan(1e-5);
        expectClose(await (own.get(key) as tf.Tensor).data(), numbers, 1e-4 * largest + 1e-7);
        gradient.dispose();
      }
    }
    tf.dispose([...full.values(), ...own.values()]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('with dropout it is that of the same draw: a small step along it changes the loss as it says', async () => {
    const before = tf.memory().numTensors;
    const dropping = { ...model, adapter: { ...options, rankStabilized: false, dropout: 0.3 } };
    const loss = (m: CausalLM) => dpoLoss(withDropout(m, 'a draw'), expected);
    const own = gradientsOf(dropping, loss);
    const at = async () => {
      const value = tf.tidy(() => loss(dropping));
      const [number] = await value.data();
      value.dispose();
      return number as number;
    };
    const start = await at();
    expect(await at()).toBe(start);
    const name = [...own.keys()].at(-2) as string;
    const gradient = own.get(name) as tf.Tensor;
    const weight = weightOf(dropping, name);
    const norm = Math.hypot(...(await gradient.data()));
    const step = 0.02 / norm;
    const move = (by: number) => tf.tidy(() => weight.assign(tf.add(weight, tf.mul(gradient, by))));
    const kept = weight.clone();
    move(step);
    const up = await at();
    move(-2 * step);
    const down = await at();
    weight.assign(kept);
    kept.dispose();
    expect(Math.abs((up - down) / (2 * step * norm * norm) - 1)).toBeLessThan(0.02);
    tf.dispose([...own.values()]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
