import '@tensorflow/tfjs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { fillAdapter } from '../../test/adapters';
import { headerOf, json, memoryFiles, withHeader } from '../../test/memory_files';
import { fixture } from '../../test/oracle';
import { type CausalLM, disposeModel } from '../causal_lm';
import { loadAdapter, loadCheckpoint, saveAdapter } from '../node';
import { isOfAdapter } from './adapter';
import { addAdapter } from './add_adapter';
import { readAdapter } from './read_adapter';

const options = { seed: 1, rank: 3, alpha: 6, dropout: 0.1 };
const names = { config: 'adapter_config.json', weights: 'adapter_model.safetensors' };

let folder = '';
beforeAll(() => tf.setBackend('cpu'));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'adapter-'));
  return () => rm(folder, { recursive: true, force: true });
});

const base = (name = 'llama-gqa') => loadCheckpoint(fixture(name));
async function adapted(name?: string, targets?: readonly string[]): Promise<CausalLM> {
  const model = addAdapter(await base(name), { ...options, targets });
  fillAdapter(model, 5);
  return model;
}
const numbersOf = (model: CausalLM) =>
  Object.fromEntries([...model.weights].filter(([name]) => isOfAdapter(name)).map(([name, w]) => [name, w.dataSync()]));

describe('saved', () => {
  test('has PEFT’s files, fields and names', async () => {
    const model = await adapted('neox-parallel');
    await saveAdapter(model, join(folder, 'adapter'), { base: 'EleutherAI/pythia-70m' });
    expect((await readdir(join(folder, 'adapter'))).sort()).toEqual([names.config, names.weights]);
    expect(JSON.parse(await readFile(join(folder, 'adapter', names.config), 'utf8'))).toEqual({
      ...{ peft_type: 'LORA', task_type: 'CAUSAL_LM', inference_mode: true, revision: null },
      ...{ base_model_name_or_path: 'EleutherAI/pythia-70m', r: 3, lora_alpha: 6, lora_dropout: 0.1 },
      ...{ bias: 'none', fan_in_fan_out: false, init_lora_weights: true, modules_to_save: null },
      ...{ use_dora: false, use_rslora: false, rank_pattern: {}, alpha_pattern: {} },
      ...{ layers_to_transform: null, layers_pattern: null },
      target_modules: ['dense', 'dense_4h_to_h', 'dense_h_to_4h', 'query_key_value'],
    });
    const header = headerOf(await readFile(join(folder, 'adapter', names.weights)));
    expect(header.__metadata__).toEqual({ format: 'pt' });
    expect(Object.keys(header)).toHaveLength(1 + 2 * 4 * 2);
    const packed = 'base_model.model.gpt_neox.layers.0.attention.query_key_value';
    expect(header[`${packed}.lora_A.weight`]).toMatchObject({ dtype: 'F32', shape: [3, 32] });
    expect(header[`${packed}.lora_B.weight`]).toMatchObject({ dtype: 'F32', shape: [96, 3] });
    disposeModel(model);
  });

  test('names the modules in the shortest way that means them alone', async () => {
    const targets = ['v_proj', 'model.layers.1.mlp.up_proj', 'layers.0.self_attn.o_proj'];
    const model = await adapted('llama-gqa', targets);
    await saveAdapter(model, join(folder, 'adapter'));
    const config = JSON.parse(await readFile(join(folder, 'adapter', names.config), 'utf8'));
    expect(config.target_modules).toEqual(['model.layers.0.self_attn.o_proj', 'model.layers.1.mlp.up_proj', 'v_proj']);
    expect(config.base_model_name_or_path).toBeNull();
    disposeModel(model);
  });

  test.each(['float32', 'float16', 'bfloat16'] as const)('as %s and loaded, it is the same again', async (dtype) => {
    const before = tf.memory().numTensors;
    const model = await adapted('llama-gqa', ['q_proj', 'down_proj']);
    await saveAdapter(model, join(folder, 'adapter'), { dtype });
    const again = await loadAdapter(await base(), join(folder, 'adapter'));
    expect(again.adapter).toEqual({ ...options, seed: undefined, rankStabilized: false });
    const [saved, loaded] = [numbersOf(model), numbersOf(again)];
    expect(Object.keys(loaded)).toEqual(Object.keys(saved));
    const relative = { float32: 0, float16: 2 ** -11, bfloat16: 2 ** -8 }[dtype];
    for (const [name, numbers] of Object.entries(saved)) {
      numbers.forEach((x, i) => {
        expect(Math.abs((loaded[name]?.[i] as number) - x)).toBeLessThanOrEqual(
          relative * Math.abs(x) + (relative && 2 ** -25),
        );
      });
    }
    for (const [name, { trainable }] of again.weights) expect(trainable, name).toBe(isOfAdapter(name));
    [model, again].forEach(disposeModel);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('only with an adapter', async () => {
    const model = await base();
    await expect(saveAdapter(model, join(folder, 'adapter'))).rejects.toThrow('The model has no adapter to save.');
    expect(await readdir(folder)).toEqual([]);
    disposeModel(model);
  });
});

/** What PEFT 0.17 writes for `LoraConfig(r=3, lora_alpha=6, target_modules=['q_proj'], use_rslora=True)`. */
const peftConfig = {
  ...{ alpha_pattern: {}, auto_mapping: null, base_model_name_or_path: 'meta-llama/Llama-3.2-1B', bias: 'none' },
  ...{ corda_config: null, eva_config: null, exclude_modules: null, fan_in_fan_out: false, inference_mode: true },
  ...{ init_lora_weights: true, layer_replication: null, layers_pattern: null, layers_to_transform: null },
  ...{ loftq_config: {}, lora_alpha: 6, lora_bias: false, lora_dropout: 0.0, megatron_config: null },
  ...{ megatron_core: 'megatron.core', modules_to_save: null, peft_type: 'LORA', qalora_group_size: 16, r: 3 },
  ...{ rank_pattern: {}, revision: null, target_modules: ['q_proj'], target_parameters: null, task_type: 'CAUSAL_LM' },
  ...{ trainable_token_indices: null, use_dora: false, use_qalora: false, use_rslora: true },
};

describe('read', () => {
  let weights: Uint8Array = new Uint8Array();
  beforeAll(async () => {
    const own = await mkdtemp(join(tmpdir(), 'adapter-'));
    const model = await adapted('llama-gqa', ['q_proj']);
    await saveAdapter(model, join(own, 'adapter'));
    weights = new Uint8Array(await readFile(join(own, 'adapter', names.weights)));
    disposeModel(model);
    await rm(own, { recursive: true });
  });

  const files = (config: object = {}, tensors = weights) =>
    memoryFiles({ [names.config]: json({ ...peftConfig, ...config }), [names.weights]: tensors });

  test('is what PEFT writes', async () => {
    const place = files();
    const model = await readAdapter(await base(), place, { trainable: false });
    expect(model.adapter).toEqual({ rank: 3, alpha: 6, dropout: 0, rankStabilized: true });
    expect(Object.keys(numbersOf(model))).toHaveLength(2 * 3);
    expect([...model.weights.values()].some(({ trainable }) => trainable)).toBe(false);
    expect(place.openFiles).toBe(0);
    disposeModel(model);
  });

  test.each([
    ['all-linear', {}],
    ['.*\\.(q|k)_proj', {}],
    [['q_proj', 'query_key_value'], {}],
    [['q_proj', 'v_proj'], { layers_to_transform: [0] }],
  ])('targets %j are those that have tensors', async (targets, more) => {
    const model = await readAdapter(await base(), files({ target_modules: targets, ...more }));
    expect(Object.keys(numbersOf(model))).toHaveLength(6);
    disposeModel(model);
  });

  test.each([
    [{ peft_type: 'IA3' }, 'peft_type is "IA3"; known are LORA'],
    [{ bias: 'lora_only' }, 'bias is "lora_only"; known are none'],
    [{ r: 0 }, 'r is 0; it must be a whole number of at least 1'],
    [{ lora_alpha: '6' }, 'lora_alpha must be a number'],
    [{ lora_dropout: 1 }, 'lora_dropout is 1, which leaves nothing'],
    [{ use_dora: true }, 'use_dora is true, which is not done here. Merge the adapter in PEFT'],
    [{ modules_to_save: ['lm_head'] }, 'modules_to_save is ["lm_head"], which is not done here'],
    [{ rank_pattern: { q_proj: 8 } }, 'rank_pattern is {"q_proj":8}, which is not done here'],
    [{ alpha_pattern: { q_proj: 8 } }, 'alpha_pattern is'],
    [{ fan_in_fan_out: true }, 'fan_in_fan_out is true'],
    [{ lora_bias: true }, 'lora_bias is true'],
    [{ layer_replication: [[0, 2]] }, 'layer_replication is [[0,2]]'],
    [{ init_lora_weights: 'pissa' }, 'init_lora_weights is "pissa", which changes the base’s weights'],
    [{ some_later_invention: 'x' }, 'some_later_invention is "x", which is not done here'],
  ])('%j is refused by name', async (config, message) => {
    const model = await base();
    const before = tf.memory().numTensors;
    await expect(readAdapter(model, files(config))).rejects.toThrow(`memory/adapter_config.json: ${message}`);
    expect(tf.memory().numTensors).toBe(before);
    expect([...model.weights.values()].every(({ trainable }) => trainable)).toBe(true);
    disposeModel(model);
  });

  const first = 'base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight';
  const renamed = (name: string, change: object = {}) => {
    const { [first]: entry, ...others } = headerOf(weights);
    return withHeader(weights, { ...others, [name]: { ...(entry as object), ...change } });
  };

  test.each([
    [
      'a missing tensor',
      renamed,
      'base_model.model.model.layers.0.self_attn.q_proj.lora_C.weight',
      `tensor ${first} is missing`,
    ],
    [
      'another shape',
      renamed,
      first,
      `tensor ${first} is [32,3], but model and rank make it [3,32]`,
      { shape: [32, 3] },
    ],
  ])('%s', async (_, make, name, message, change?: object) => {
    const model = await base();
    await expect(readAdapter(model, files({}, make(name, change)))).rejects.toThrow(
      `memory/adapter_model.safetensors: ${message}`,
    );
    disposeModel(model);
  });

  test.each([
    ['an adapter of the vocabulary matrix', 'base_model.model.lm_head.lora_A.weight'],
    ['a head that was trained', 'base_model.model.score.weight'],
    ['a name of another kind', 'transformer.h.0.attn.lora_A.weight'],
  ])('%s is refused', async (_, name) => {
    const model = await base();
    const made = renamed(name);
    const found = readAdapter(model, files({ target_modules: 'all-linear' }, made));
    await expect(found).rejects.toThrow(
      /^memory\/adapter_model\.safetensors: tensor .* (is missing|belongs to no linear layer)/,
    );
    disposeModel(model);
  });

  test('an adapter of another model is refused', async () => {
    const model = await base('neox-parallel');
    await expect(readAdapter(model, files())).rejects.toThrow(
      'belongs to no linear layer that the adapter names in a gpt_neox',
    );
    disposeModel(model);
  });

  test('a folder without one says so, and one that holds a program as well', async () => {
    const model = await base();
    const read = (contents: Record<string, Uint8Array>) => readAdapter(model, memoryFiles(contents));
    await expect(read({})).rejects.toThrow('memory: holds no adapter_config.json, so this is no adapter.');
    const config = { [names.config]: json(peftConfig) };
    await expect(read({ ...config, 'adapter_model.bin': json({}) })).rejects.toThrow(
      'holds no adapter_model.safetensors, so this is no adapter. Its adapter_model.bin is a program',
    );
    await writeFile(join(folder, names.config), JSON.stringify(peftConfig));
    await expect(loadCheckpoint(folder)).rejects.toThrow('holds an adapter and not the model that it belongs to');
    disposeModel(model);
  });

  test('a second adapter is refused', async () => {
    const model = await readAdapter(await base(), files());
    await expect(readAdapter(model, files())).rejects.toThrow('has an adapter already');
    disposeModel(model);
  });
});
