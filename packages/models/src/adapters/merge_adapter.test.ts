import '@tensorflow/tfjs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { fillAdapter, weightOf } from '../../test/adapters';
import { fixture } from '../../test/oracle';
import { type CausalLM, createModel, disposeModel } from '../causal_lm';
import { hasHead } from '../heads/heads';
import { addValueHead } from '../heads/value_head';
import { loadCheckpoint, saveCheckpoint } from '../node';
import { adaptedModules } from './adapter';
import { addAdapter } from './add_adapter';
import { mergeAdapter, withoutAdapter } from './merge_adapter';

beforeAll(() => tf.setBackend('cpu'));

const load = async () => addAdapter(await loadCheckpoint(fixture('neox-parallel')), { seed: 1, rank: 3, alpha: 7 });

test('every number is W + (alpha / rank) B A in float64, rounded once', async () => {
  const before = tf.memory().numTensors;
  const model = await load();
  fillAdapter(model, 2, 1);
  const merged = await mergeAdapter(model);
  expect(merged.adapter).toBeUndefined();
  expect([...merged.weights.keys()]).toEqual([...model.weights.keys()].filter((name) => !name.includes('lora')));
  for (const module of adaptedModules(model)) {
    const array = async (name: string) => (await weightOf(model, name).array()) as number[][];
    const [w, a, b] = [
      await array(`${module}.weight`),
      await array(`${module}.lora_A.weight`),
      await array(`${module}.lora_B.weight`),
    ];
    const expected = w.map((row, o) =>
      row.map((x, i) => {
        // Three products, exact each, and a sum.
        const change = [0, 1, 2].reduce((sum, k) => sum + (b[o]?.[k] as number) * (a[k]?.[i] as number), 0);
        return Math.fround(x + (7 / 3) * change);
      }),
    );
    expect(await weightOf(merged, `${module}.weight`).array()).toEqual(expected);
  }
  [model, merged].forEach(disposeModel);
  expect(tf.memory().numTensors).toBe(before);
});

test('a saved model needs no adapter: it is the merged one, to the bit, and its heads are there', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'adapter-'));
  const model = addValueHead(await load(), { seed: 1 });
  fillAdapter(model, 2);
  await saveCheckpoint(model, join(folder, 'model'));
  const saved = await loadCheckpoint(join(folder, 'model'));
  const merged = await mergeAdapter(model);
  expect([...saved.weights.keys()].sort()).toEqual([...merged.weights.keys()].sort());
  for (const [name, weight] of merged.weights) {
    expect(weightOf(saved, name).dataSync(), name).toEqual(weight.dataSync());
  }
  expect([hasHead(saved, 'value'), saved.config]).toEqual([true, model.config]);
  [model, saved, merged].forEach(disposeModel);
  await rm(folder, { recursive: true });
});

test('without an adapter there is nothing to merge or to leave out', async () => {
  const plain: CausalLM = createModel((await load()).config, { seed: 1 });
  await expect(mergeAdapter(plain)).rejects.toThrow(
    'The model has no adapter: addAdapter(model, { seed }) gives it one.',
  );
  expect(() => withoutAdapter(plain)).toThrow('has no adapter');
  disposeModel(plain);
});
