import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { fillAdapter, weightOf } from '../../test/adapters';
import { normals } from '../../test/numbers';
import { expectClose } from '../../test/oracle';
import { type CausalLM, createModel, disposeModel } from '../causal_lm';
import { readConfig } from '../families/families';
import { hiddenStates } from '../forward_pass';
import { modelWeights } from '../model_weights';
import { logpRows, tokenLogps } from '../rows/token_logps';
import { registerWasmKernels } from '../wasm';
import { addAdapter } from './add_adapter';
import { keptInputs, projectKept, withDropout } from './dropout';

registerWasmKernels();
const config = readConfig({
  ...{ model_type: 'llama', vocab_size: 30, hidden_size: 8, num_hidden_layers: 2, num_attention_heads: 2 },
  ...{ intermediate_size: 12, max_position_embeddings: 16, initializer_range: 0.3 },
});
const rows = [{ prompt: Int32Array.of(1, 2, 3), response: Int32Array.of(4, 5) }];

describe('what is dropped', () => {
  beforeAll(() => tf.setBackend('cpu'));
  const dropped = (share: number, draw: string, shape: readonly [number, number] = [200, 500]) => {
    const kept = keptInputs(shape, share, draw);
    const places = [...kept.dataSync()].flatMap((keep, i) => (keep ? [] : [i]));
    kept.dispose();
    return places;
  };

  test.each([0.05, 0.3, 0.9])('is a share of %d, wherever one looks', (share) => {
    const places = dropped(share, 'a');
    const deviation = Math.sqrt(share * (1 - share));
    // Five deviations of a mean of so many.
    const expectShare = (count: number, of: number) =>
      expect(Math.abs(count / of - share)).toBeLessThan((5 * deviation) / Math.sqrt(of));
    expectShare(places.length, 100_000);
    expectShare(places.filter((place) => place < 20_000).length, 20_000);
    expectShare(places.filter((place) => place % 500 < 100).length, 20_000);
    // Neighbours are dropped together as often as chance has it.
    const pairs = places.filter((place, i) => places[i + 1] === place + 1).length;
    expect(Math.abs(pairs / 100_000 - share ** 2)).toBeLessThan((5 * share) / Math.sqrt(100_000));
  });

  test('is the same for the same draw, and another for any other', () => {
    expect(dropped(0.1, '1 2 3')).toEqual(dropped(0.1, '1 2 3'));
    const draws = ['1 2 3', '1 2 4', '1 3 3', '2 2 3'].map((draw) => new Set(dropped(0.1, draw)));
    for (const [i, one] of draws.entries()) {
      for (const other of draws.slice(i + 1)) {
        const common = [...one].filter((place) => other.has(place)).length;
        expect(Math.abs(common / 100_000 - 0.01)).toBeLessThan(0.002);
      }
    }
  });
});

describe.each(['cpu', 'wasm', 'onnxruntime'])('on %s', (backend) => {
  let model: CausalLM;
  beforeAll(async () => {
    await tf.setBackend(backend);
    model = addAdapter(createModel(config, { seed: 1 }), { seed: 2, rank: 2, alpha: 3, dropout: 0.4 });
    fillAdapter(model, 5, 0.3);
    return () => disposeModel(model);
  });

  test('a projection and its gradients are those worked by hand', async () => {
    const before = tf.memory().numTensors;
    const draw = (seed: number, shape: [number, number]) => tf.tensor2d([...normals(seed, shape).values], shape);
    const [x, a, dy] = [draw(1, [3, 5]), draw(2, [2, 5]), draw(3, [3, 2])];
    const kept = keptInputs([3, 5], 0.4, 'b');
    const [m, p, w, u] = await Promise.all([kept.array(), x.array(), a.array(), dy.array()]);
    const factor = 1.5;
    const at = (list: readonly (readonly number[])[], i: number, j: number) => list[i]?.[j] as number;
    const sum = (n: number, of: (i: number) => number) => [...Array(n).keys()].reduce((s, i) => s + of(i), 0);
    const table = (h: number, w: number, of: (i: number, j: number) => number) =>
      [...Array(h * w).keys()].map((k) => of(Math.floor(k / w), k % w));
    const value = projectKept(x, a, kept, factor);
    expectClose(
      await value.data(),
      table(3, 2, (t, k) => factor * sum(5, (i) => at(p, t, i) * at(m, t, i) * at(w, k, i))),
      1e-5,
    );
    const [dx, da] = tf.grads((x, a) => projectKept(x as tf.Tensor2D, a as tf.Tensor2D, kept, factor))([x, a], dy);
    expectClose(
      await (dx as tf.Tensor).data(),
      table(3, 5, (t, i) => factor * at(m, t, i) * sum(2, (k) => at(u, t, k) * at(w, k, i))),
      1e-5,
    );
    expectClose(
      await (da as tf.Tensor).data(),
      table(2, 5, (k, i) => factor * sum(3, (t) => at(u, t, k) * at(p, t, i) * at(m, t, i))),
      1e-5,
    );
    expect(m.flat().filter((keep) => !keep).length).toBeGreaterThan(0);
    tf.dispose([x, a, dy, kept, value, dx as tf.Tensor, da as tf.Tensor]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('a linear layer’s own inputs are not dropped, and those of A are scaled up', async () => {
    const x = tf.tensor2d([...normals(4, [6, 8]).values], [6, 8]);
    const name = 'self_attn.q_proj';
    const prefix = 'model.layers.1.';
    const results = tf.tidy(() => {
      const [off, on] = [model, withDropout(model, 'c')].map((m) => modelWeights(m, prefix).linear(name, x));
      const weight = weightOf(model, `${prefix + name}.weight`) as tf.Tensor2D;
      const [a, b] = ['A', 'B'].map((x) => weightOf(model, `${prefix + name}.lora_${x}.weight`) as tf.Tensor2D);
      const kept = keptInputs([6, 8], 0.4, `c ${prefix + name}`);
      const dropped = tf.div(tf.mul(x, tf.cast(kept, 'float32')), 0.6);
      const plain = tf.matMul(x, weight, false, true);
      const through = (x: tf.Tensor) =>
        tf.mul(
          tf.matMul(tf.matMul(x as tf.Tensor2D, a as tf.Tensor2D, false, true), b as tf.Tensor2D, false, true),
          1.5,
        );
      return [off, tf.add(plain, through(x)), on, tf.add(plain, through(dropped))] as tf.Tensor[];
    });
    const [off, offWanted, on, onWanted] = await Promise.all(results.map((tensor) => tensor.data()));
    expectClose(off as Float32Array, offWanted as Float32Array, 1e-5);
    expectClose(on as Float32Array, onWanted as Float32Array, 1e-5);
    tf.dispose([x, ...results]);
  });

  test('is off unless a draw is named; then a draw repeats to the bit, and every layer has its own', async () => {
    const states = async (m: CausalLM) => {
      const result = hiddenStates(m, tf.tensor2d([[1, 2, 3, 4]], undefined, 'int32'));
      return [...(await result.data())];
    };
    const [off, one, again, other] = [
      await states(model),
      await states(withDropout(model, 'd')),
      await states(withDropout(model, 'd')),
      await states(withDropout(model, 'e')),
    ];
    expect(again).toEqual(one);
    expect(one).not.toEqual(off);
    expect(other).not.toEqual(one);
    // Plain data is computed without.
    const [logps] = await logpRows(model, rows);
    const plain = (await tokenLogps(model, rows).tokens.data()).slice(0, logps?.length);
    expectClose(plain, logps as Float32Array, 1e-6);
  });
});

test('a model without dropout has none to switch on', () => {
  const plain = createModel(config, { seed: 1 });
  expect(withDropout(plain, 'a')).toBe(plain);
  const adapted = addAdapter(plain, { seed: 1, dropout: 0 });
  expect(withDropout(adapted, 'a')).toBe(adapted);
  disposeModel(adapted);
});
