import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import type { OnnxRuntimeBackend } from '@halokit/tfjs-backend-onnxruntime';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { gradientsOf } from '../../test/adapters';
import { normals } from '../../test/numbers';
import { fixture } from '../../test/oracle';
import { type CausalLM, disposeModel } from '../causal_lm';
import { labelLogps } from '../layers/label_logps';
import { loadCheckpoint } from '../node';
import { tokenLogps } from '../rows/token_logps';
import { addAdapter } from './add_adapter';

const names = ['neox-parallel', 'llama-tied'];

const words = (length: number) => Int32Array.from({ length }, (_, i) => 1 + (i % 9));
const rows = [
  { prompt: words(17), response: words(11) },
  { prompt: words(18), response: words(9) },
];
/** Two rows of 28 tokens with 20 predictions: numbers that no weight has among its sizes. */
const [tokens, predictions, rank] = [56, 20, 5];
const gradients = (model: CausalLM) => [...gradientsOf(model, (m) => tf.sum(tokenLogps(m, rows).tokens)).values()];

/** The same checkpoint with an adapter, and without one: there the whole of it is trained. */
async function pairOf(name: string): Promise<{ adapted: CausalLM; full: CausalLM }> {
  const adapted = addAdapter(await loadCheckpoint(fixture(name)), { seed: 1, rank, dropout: 0 });
  return { adapted, full: await loadCheckpoint(fixture(name)) };
}

test.each(names)('of %s: no kernel makes the gradient of a frozen matrix', async (name) => {
  await tf.setBackend('cpu');
  const { adapted, full } = await pairOf(name);
  const matrices = [...full.weights.values()].filter(({ shape }) => shape.length === 2);
  const shapes = new Set(matrices.flatMap(({ shape }) => [shape.join(), [...shape].reverse().join()]));
  const made = async (model: CausalLM) => {
    const { kernels } = await tf.profile(() => tf.dispose(gradients(model)));
    const some = kernels.filter(({ name }) => /MatMul|UnsortedSegmentSum/.test(name));
    return some.flatMap(({ outputShapes }) => outputShapes.filter((shape) => shapes.has(shape.slice(-2).join())));
  };
  expect((await made(full)).length).toBeGreaterThanOrEqual(matrices.length);
  expect(await made(adapted)).toEqual([]);
  [adapted, full].forEach(disposeModel);
});

test.each(names)('of %s: the engine multiplies for A and B alone', async (name) => {
  await tf.setBackend('onnxruntime');
  const engine = tf.backend() as OnnxRuntimeBackend;
  const { adapted, full } = await pairOf(name);
  // A matrix's gradient is a product over tokens, and the vocabulary's one over predictions.
  const overTokens = new RegExp(`^${tokens}x\\d+ ${tokens}x\\d+$`);
  const overPredictions = new RegExp(`^\\d+x${predictions} ${predictions}x\\d+$`);
  const products = async (model: CausalLM) => {
    const times = await engine.profile(async () => {
      const results = gradients(model);
      await Promise.all(results.map((gradient) => gradient.data()));
      tf.dispose(results);
    });
    const made = times.filter(
      ({ op, shapes }) => op === 'Gemm' && (overTokens.test(shapes) || overPredictions.test(shapes)),
    );
    return made.flatMap(({ shapes, runs }) => Array<string>(runs).fill(shapes));
  };
  const linear = [...adapted.weights.keys()].filter((key) => key.endsWith('lora_A.weight')).length;
  expect(await products(full)).toHaveLength(linear + 1);
  const ofAdapter = await products(adapted);
  expect(ofAdapter).toHaveLength(2 * linear);
  expect(ofAdapter.every((shapes) => shapes.includes(`${tokens}x${rank}`))).toBe(true);
  [adapted, full].forEach(disposeModel);
});

test('nor does it where the vocabulary is gone through in blocks', async () => {
  await tf.setBackend('onnxruntime');
  const engine = tf.backend() as OnnxRuntimeBackend;
  const [states, width, words] = [512, 8, 20_000];
  const hidden = tf.tensor2d([...normals(1, [states, width]).values], [states, width]);
  const labels = tf.tensor1d([...Array(states).keys()], 'int32');
  const numbers = tf.tensor2d([...normals(2, [words, width]).values], [words, width]);
  const products = async (trainable: boolean) => {
    const vocabulary = tf.variable(numbers, trainable);
    let gradient: Float32Array | undefined;
    const times = await engine.profile(async () => {
      const dh = tf.grad((h) => tf.sum(labelLogps(h as tf.Tensor2D, vocabulary as tf.Tensor2D, labels)))(hidden);
      gradient = await dh.data<'float32'>();
      dh.dispose();
    });
    vocabulary.dispose();
    const ofVocabulary = times.filter(({ op, shapes }) => op === 'Gemm' && shapes.startsWith(`${width}x${states} `));
    return { count: ofVocabulary.length, gradient };
  };
  const [frozen, trained] = [await products(false), await products(true)];
  expect(trained.count).toBeGreaterThan(0);
  expect(frozen.count).toBe(0);
  expect(frozen.gradient).toEqual(trained.gradient);
  tf.dispose([hidden, labels, numbers]);
});
