import '@tensorflow/tfjs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTokenizer, trainTokenizer } from '@halokit/data';
import { type CausalLM, createModel, disposeModel, generate, readConfig } from '@halokit/models';
import { loadCheckpoint, saveCheckpoint } from '@halokit/models/node';
import { registerWasmKernels } from '@halokit/models/wasm';
import * as tf from '@tensorflow/tfjs-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { findBrowser, noBrowser } from '../test/browser/find_browser';
import { serve } from '../test/browser/serve';
import { writePage } from '../test/browser/write_page';
import { expectTrace } from '../test/expect_trace';
import { checkpointFolder, readTrace } from '../test/trace_files';

const executablePath = findBrowser();
const here = fileURLToPath(new URL('../test/browser/', import.meta.url));
const prompts = [[5, 9, 33], [60], [7, 7, 12, 40, 41, 30, 3]];

registerWasmKernels();

describe.skipIf(!executablePath)(`in Chromium (${noBrowser})`, () => {
  let folder: string;
  let server: Awaited<ReturnType<typeof serve>>;
  let browser: Browser;
  let page: Page;
  let complaints: string[] = [];

  beforeAll(async () => {
    await tf.setBackend('wasm');
    folder = await mkdtemp(join(tmpdir(), 'browser-'));
    const wasm = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
    server = await serve({ '': folder, wasm, checkpoints: checkpointFolder('') });
    // A sandbox needs a user other than root.
    const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    browser = await chromium.launch({ executablePath, args });
    await writePage(folder, 'page', await readFile(new URL('../test/browser/page.ts', import.meta.url), 'utf8'), here);
    page = await open('page');
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
  });

  afterEach(() => {
    expect(complaints).toEqual([]);
    complaints = [];
  });

  async function open(name: string): Promise<Page> {
    const page = await browser.newPage();
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => {
      // A browser reports every file that is not there, and of a checkpoint's some need not be.
      const optional = /\/(generation_config|model\.safetensors(\.index)?)(\.json)?$/.test(message.location().url);
      const missing = optional && message.text().includes('404');
      if (['error', 'warning'].includes(message.type()) && !missing) complaints.push(message.text());
    });
    await page.goto(`${server.url}${name}.html`);
    return page;
  }

  test('the backend is WebAssembly, with wide instructions', async () => {
    expect(await page.evaluate(() => window.page.begin())).toEqual({ backend: 'wasm', simd: true });
  });

  test.each(['kto_neox_rmsprop', 'kto_llama_rmsprop', 'kto_llama_adamw'])('%s is the oracle’s', async (name) => {
    const trace = readTrace(name);
    const outcome = await page.evaluate(([base, trace]) => window.page.trained(base, trace, 2), [
      trace.policy.replace('models/', 'checkpoints/'),
      trace,
    ] as const);
    expectTrace(outcome, trace);
    expect(await page.evaluate(() => window.page.tensors())).toBe(0);
  });

  test.each(['neox-parallel-f16', 'neox-no-biases', 'llama-gqa-bf16', 'llama-mha-sharded'])(
    '%s is loaded over http and says what it says in Node',
    async (name) => {
      const said = await page.evaluate(([base, prompts]) => window.page.continued(base, prompts, 24), [
        `checkpoints/${name}`,
        prompts,
      ] as const);
      expect(said).toEqual(await continued(await loadCheckpoint(checkpointFolder(name)), prompts, 24));
    },
  );

  test('files that a person chose, 60 MB of them, are a checkpoint', async () => {
    const model = createModel(
      readConfig({
        model_type: 'llama',
        vocab_size: 16384,
        hidden_size: 512,
        intermediate_size: 1376,
        num_hidden_layers: 2,
        num_attention_heads: 8,
        num_key_value_heads: 2,
        tie_word_embeddings: true,
        initializer_range: 0.2,
      }),
      { seed: 1 },
    );
    const saved = join(folder, 'large');
    await saveCheckpoint(model, saved);
    await page.setInputFiles('input', [join(saved, 'config.json'), join(saved, 'model.safetensors')]);
    const said = await page.evaluate((prompts) => window.page.continuedByFiles('input', prompts, 12), prompts);
    expect(said).toEqual(await continued(model, prompts, 12));
    expect(new Set(said.flat()).size).toBeGreaterThan(12);
  });

  test('the example of the README of @halokit/models', async () => {
    const readme = await readFile(fileURLToPath(new URL('../../models/README.md', import.meta.url)), 'utf8');
    const example = /^```ts\n(\/\/ in_a_browser\.ts\n.*?)^```$/ms.exec(readme)?.[1] as string;
    await writePage(folder, 'in_a_browser', example, here);
    const json = trainTokenizer(['What is a prospect? A choice.'], 270, ['<|endoftext|>']);
    const config = readConfig({
      model_type: 'gpt_neox',
      vocab_size: 270,
      hidden_size: 32,
      num_hidden_layers: 2,
      num_attention_heads: 2,
      initializer_range: 0.5,
      eos_token_id: 0,
    });
    const model = createModel(config, { seed: 4 });
    await saveCheckpoint(model, join(folder, 'pythia-70m'), { files: { 'tokenizer.json': JSON.stringify(json) } });
    const tokenizer = createTokenizer(json);
    const [ids] = await continued(model, [[...tokenizer.encode('What is a prospect?')]], 32, 0);
    const opened = await open('in_a_browser');
    await opened.waitForFunction(() => document.querySelector('p')?.textContent !== '');
    expect(await opened.textContent('p')).toBe(tokenizer.decode(ids as number[]));
  });
});

/** What Node continues the prompts with, the likeliest tokens; it disposes the model. */
async function continued(model: CausalLM, prompts: readonly number[][], maxNewTokens: number, eosId = -1) {
  const rows = prompts.map((prompt) => Int32Array.from(prompt));
  const ids = await generate(model, rows, { maxNewTokens, eosId });
  disposeModel(model);
  return ids.map((row) => [...row]);
}
