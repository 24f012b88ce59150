import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import { cp, mkdtemp, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { freshEngine } from '../../test/fresh_engine';
import { type Contents, headerOf, memoryFiles, oracleContents, withHeader } from '../../test/memory_files';
import { expectClose, fixture, readExpected, tokenRows } from '../../test/oracle';
import { createModel, disposeModel } from '../causal_lm';
import type { CheckpointFiles } from '../checkpoint/checkpoint_files';
import { readCheckpoint } from '../checkpoint/read_checkpoint';
import { weightFiles } from '../checkpoint/weight_files';
import { familyOf, readConfig, writeConfig } from '../families/families';
import { folderFiles } from '../node/folder_files';
import { passShape } from '../rows/token_layout';
import { logpRows } from '../rows/token_logps';
import type { TokenRow } from '../rows/token_row';
import { type StreamedLayer, streamedLogps } from './streamed_logps';

const checkpoints = [
  ...['neox-parallel', 'neox-sequential', 'neox-2heads', 'neox-large-scores', 'neox-parallel-f16', 'neox-no-biases'],
  ...['llama-mha', 'llama-mha-sharded', 'llama-gqa', 'llama-gqa-bf16', 'llama-rope3', 'llama-tied', 'llama-biases'],
];

/** Rows of the oracle, and more responses to their first prompt: those share it under a tree mask. */
function rowsOf(name: string): { plain: TokenRow[]; shared: TokenRow[] } {
  const plain = tokenRows(readExpected(name).batch);
  const [{ prompt }] = plain as [TokenRow];
  const shared = plain.map(({ response }) => ({ prompt, response: response.subarray(0, 3) }));
  return { plain, shared };
}

describe.each(['cpu', 'onnxruntime'])('on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  test.each(checkpoints)('%s says what it says in memory', async (name) => {
    const contents = oracleContents(name);
    const { plain, shared } = rowsOf(name);
    expect(passShape(shared).rows).toBeLessThan(shared.length);
    const model = await readCheckpoint(memoryFiles(contents));
    const before = tf.memory().numTensors;
    for (const rows of [plain, shared]) {
      const expected = await logpRows(model, rows, { rowsAtOnce: 3 });
      const files = memoryFiles(contents);
      expect(await streamedLogps(files, rows, { rowsAtOnce: 3 })).toEqual(expected);
      expect(files.openFiles).toBe(0);
    }
    expect(tf.memory().numTensors).toBe(before);
    disposeModel(model);
  });

  test.each(['neox-large-scores', 'llama-tied', 'llama-gqa-bf16'])(
    '%s in blocks of the vocabulary, read several times',
    async (name) => {
      const contents = oracleContents(name);
      const { plain } = rowsOf(name);
      const model = await readCheckpoint(memoryFiles(contents));
      const expected = await logpRows(model, plain, { rowsAtOnce: 2 });
      const { hiddenSize, vocabSize } = model.config;
      const bytesPerNumber = name.endsWith('bf16') ? 2 : 4;
      const readings = new Set<number>();
      const logps = await streamedLogps(memoryFiles(contents), plain, {
        rowsAtOnce: 2,
        // Seven blocks and one that is short; one pass at a time.
        vocabularyBytes: Math.floor(vocabSize / 7) * hiddenSize * bytesPerNumber,
        statesBytes: 1,
        onLayer: ({ reading }) => readings.add(reading),
      });
      expect(readings.size).toBe(Math.ceil(plain.length / 2));
      logps.forEach((row, i) => {
        const most = Math.max(...row.map(Math.abs));
        expectClose(row, expected[i] as Float32Array, 1e-6 * most + 1e-6);
      });
      disposeModel(model);
    },
  );
});

/** A checkpoint of a model with random weights, in memory. */
async function madeContents(json: Record<string, unknown>): Promise<Contents> {
  const model = createModel(readConfig(json), { seed: 1 });
  const weights = new Map(
    [...model.weights].map(([name, weight]) => [
      name,
      { shape: weight.shape, size: weight.size, numbers: () => weight.data<'float32'>() },
    ]),
  );
  const [{ name, chunks }] = weightFiles(weights, { dtype: 'float32', maxShardBytes: 1e12 }) as [
    { name: string; chunks: AsyncIterable<Uint8Array> },
  ];
  const parts: number[] = [];
  for await (const chunk of chunks) for (const byte of chunk) parts.push(byte);
  disposeModel(model);
  return {
    'config.json': new TextEncoder().encode(JSON.stringify(writeConfig(model.config))),
    [name]: Uint8Array.from(parts),
  };
}

const wide = {
  ...{ model_type: 'llama', vocab_size: 600, hidden_size: 64, intermediate_size: 128, num_hidden_layers: 4 },
  ...{ num_attention_heads: 4, max_position_embeddings: 64 },
};
const wideRows: TokenRow[] = [3, 4, 5, 6].map((length) => ({
  prompt: Int32Array.from({ length }, (_, i) => (i % 2 ? 1 : 590)),
  response: Int32Array.from([2, 591, 1]),
}));

/** Which tensor is read when, and from which byte of it to which. */
function watched(
  contents: Contents,
): CheckpointFiles & { readonly log: { name: string; start: number; end: number }[] } {
  const file = contents['model.safetensors'] as Uint8Array;
  const dataStart = 8 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const tensors = Object.entries(headerOf(file)).filter(([name]) => name !== '__metadata__') as [
    string,
    { data_offsets: [number, number] },
  ][];
  const inner = memoryFiles(contents);
  const log: { name: string; start: number; end: number }[] = [];
  return {
    name: inner.name,
    log,
    async open(name) {
      const opened = await inner.open(name);
      if (!opened || name !== 'model.safetensors') return opened;
      return {
        ...opened,
        async read(start, end) {
          const from = start - dataStart;
          const tensor = tensors.find(
            ([
              ,
              {
                data_offsets: [first, last],
              },
            ]) => first <= from && from < last,
          );
          if (tensor) {
            const [first] = tensor[1].data_offsets;
            log.push({ name: tensor[0], start: from - first, end: end - dataStart - first });
          }
          return opened.read(start, end);
        },
      };
    },
  };
}

describe('how it is read', () => {
  const config = readConfig(wide);
  const family = familyOf(config);
  let contents: Contents;
  beforeAll(async () => {
    await tf.setBackend('cpu');
    contents = await madeContents(wide);
  });

  test('every weight once, layer by layer, and of the embeddings the rows of words that occur', async () => {
    const files = watched(contents);
    await streamedLogps(files, wideRows, { rowsAtOnce: 1 });
    const rowBytes = 4 * 64;
    const embeddings = files.log.filter(({ name }) => name === family.inputEmbedding);
    // Words 0 (padding, where there is any), 1, 2, and far from them 590, 591.
    expect(embeddings.map(({ start, end }) => [start / rowBytes, end / rowBytes])).toEqual([
      [1, 3],
      [590, 592],
    ]);
    const others = files.log.filter(({ name }) => name !== family.inputEmbedding).map(({ name }) => name);
    expect([...others].sort()).toEqual(
      Object.keys(family.shapes(config))
        .filter((name) => name !== family.inputEmbedding)
        .sort(),
    );
    const layers = others.flatMap((name) => /layers\.(\d+)/.exec(name)?.[1] ?? []);
    expect(layers).toEqual([...layers].sort());
  });

  test('the next layer while one computes, and no further', async () => {
    const files = watched(contents);
    const before = tf.memory().numBytes;
    const readUpTo: number[] = [];
    const held: number[] = [];
    await streamedLogps(files, wideRows, {
      onLayer: () => {
        readUpTo.push(Math.max(...files.log.map(({ name }) => Number(/layers\.(\d+)/.exec(name)?.[1] ?? -1))));
        held.push(tf.memory().numBytes - before);
      },
    });
    expect(readUpTo).toEqual([1, 2, 3, 3]);
    const layerBytes = Object.entries(family.shapes(config))
      .filter(([name]) => name.startsWith(family.layerPrefix(0)))
      .reduce((sum, [, shape]) => sum + 4 * shape.reduce((product, n) => product * n, 1), 0);
    expect(Math.max(...held)).toBeLessThanOrEqual(2 * layerBytes);
    expect(held.at(-1)).toBe(layerBytes);
  });

  test('native memory: two layers and a block, not the model', async () => {
    const engine = await freshEngine();
    const deep = { ...wide, hidden_size: 128, intermediate_size: 512, num_hidden_layers: 12, num_attention_heads: 4 };
    const shapes = Object.entries(familyOf(readConfig(deep)).shapes(readConfig(deep)));
    const bytes = (prefix: string) =>
      shapes
        .filter(([name]) => name.startsWith(prefix))
        .reduce((sum, [, shape]) => sum + 4 * shape.reduce((product, n) => product * n, 1), 0);
    const files = memoryFiles(await madeContents(deep));
    const before = engine.memory().numBytesNative;
    let most = 0;
    const look = () => {
      most = Math.max(most, engine.memory().numBytesNative - before);
    };
    const looking: CheckpointFiles = {
      name: files.name,
      async open(name) {
        const file = await files.open(name);
        return file && { ...file, read: (start, end) => file.read(start, end).finally(look) };
      },
    };
    await streamedLogps(looking, wideRows, { onLayer: look, vocabularyBytes: 2 ** 16 });
    const layer = bytes('model.layers.0.');
    expect(most).toBeGreaterThan(layer);
    // What the passes have in a layer is little here.
    expect(most).toBeLessThan(2.3 * layer);
    expect(bytes('')).toBeGreaterThan(5 * layer);
    expect(engine.memory().numBytesNative).toBe(before);
    await tf.setBackend('cpu');
  });

  test('progress: every layer of every reading, and the bytes so far', async () => {
    const events: StreamedLayer[] = [];
    await streamedLogps(memoryFiles(contents), wideRows, {
      ...{ rowsAtOnce: 2, statesBytes: 1, onLayer: (event) => events.push(event) },
    });
    expect(events.map(({ layer, layers, reading, readings }) => [layer, layers, reading, readings])).toEqual(
      [1, 2].flatMap((reading) => [1, 2, 3, 4].map((layer) => [layer, 4, reading, 2])),
    );
    const bytes = events.map(({ bytesRead }) => bytesRead);
    expect(bytes).toEqual([...bytes].sort((a, b) => a - b));
    const size = Object.values(contents).reduce((sum, { length }) => sum + length, 0);
    expect(bytes.at(-1)).toBeGreaterThan(size / 2);
  });

  test.each([1, 7, 10_000])('as few readings as states of %s tokens allow', async (tokens) => {
    let readings = 0;
    const onLayer = (event: StreamedLayer) => {
      readings = event.readings;
    };
    await streamedLogps(memoryFiles(contents), wideRows, { rowsAtOnce: 1, statesBytes: 4 * 64 * tokens, onLayer });
    // Rows of 6, 7, 8 and 9 tokens.
    expect(readings).toBe(tokens === 10_000 ? 1 : 4);
  });
});

describe('what goes wrong', () => {
  beforeAll(() => tf.setBackend('cpu'));
  const contents = () => oracleContents('llama-mha');
  const rows = rowsOf('llama-mha').plain;

  async function refused(files: CheckpointFiles & { openFiles?: number }, options = {}, asked = rows) {
    const before = tf.memory().numTensors;
    const error = await streamedLogps(files, asked, options).catch((error: unknown) => error);
    expect(tf.memory().numTensors).toBe(before);
    expect(files.openFiles ?? 0).toBe(0);
    return error as Error;
  }

  test('a signal stops it between passes, and its reason is thrown', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    let layers = 0;
    const onLayer = () => {
      layers++;
      controller.abort(reason);
    };
    expect(await refused(memoryFiles(contents()), { signal: controller.signal, onLayer })).toBe(reason);
    expect(layers).toBe(1);
    expect(await refused(memoryFiles(contents()), { signal: AbortSignal.abort(reason) })).toBe(reason);
  });

  test('a read that fails while the layer before computes', async () => {
    const files = memoryFiles(contents());
    const broken: typeof files = {
      ...files,
      get openFiles() {
        return files.openFiles;
      },
      async open(name) {
        const file = await files.open(name);
        let reads = 0;
        const read = async (start: number, end: number) => {
          if (++reads > 20) throw new Error('the disk is gone');
          return (file as NonNullable<typeof file>).read(start, end);
        };
        return file && { ...file, read };
      },
    };
    expect(await refused(broken)).toMatchObject({ message: 'the disk is gone' });
  });

  test('a tensor that has no place is named with its file', async () => {
    const all = contents();
    const header = headerOf(all['model.safetensors'] as Uint8Array);
    const { 'model.layers.1.mlp.up_proj.weight': gone, ...others } = header;
    const changed = withHeader(all['model.safetensors'] as Uint8Array, { ...others, wrong: gone });
    const error = await refused(memoryFiles({ ...all, 'model.safetensors': changed }));
    expect(error.message).toBe('memory/model.safetensors: tensor wrong has no place in a llama model of this config.');
    expect(error.name).toBe('InputError');
  });

  test('a file that is written to meanwhile is noticed, though its size stays', async () => {
    const folder = join(await mkdtemp(join(tmpdir(), 'streamed-')), 'llama-mha');
    await cp(fixture('llama-mha'), folder, { recursive: true });
    const path = join(folder, 'model.safetensors');
    const files = folderFiles(folder);
    const writing: CheckpointFiles = {
      name: files.name,
      async open(name) {
        const file = await files.open(name);
        if (!file || name !== 'model.safetensors') return file;
        let reads = 0;
        const read = async (start: number, end: number) => {
          if (++reads === 12) {
            const handle = await open(path, 'r+');
            await handle.write(Uint8Array.of(1), 0, 1, 5000);
            await handle.close();
          }
          return file.read(start, end);
        };
        return { ...file, read };
      },
    };
    const error = await refused(writing);
    expect(error).toMatchObject({ name: 'InputError', message: `${path}: changed while it was read. Try again.` });
  });

  test.each([
    [{ statesBytes: 0 }, 'statesBytes is 0: it must be a number of bytes above 0.'],
    [{ vocabularyBytes: Number.NaN }, 'vocabularyBytes is NaN: it must be a number of bytes above 0.'],
  ])('%o', async (options, message) => {
    expect(await refused(memoryFiles(contents()), options)).toMatchObject({ name: 'InputError', message });
  });

  test('rows as logpRows refuses them, and words beyond the vocabulary', async () => {
    const of = (prompt: number[], response: number[]) => [
      { prompt: Int32Array.from(prompt), response: Int32Array.from(response) },
    ];
    const messages = await Promise.all(
      [of([], [1]), of([1], []), of([1], [99_999])].map((asked) => refused(memoryFiles(contents()), {}, asked)),
    );
    expect(messages.map(({ message }) => message)).toEqual([
      expect.stringContaining('Row 0 has an empty prompt'),
      expect.stringContaining('Row 0 has an empty response'),
      expect.stringMatching(/^Token id 99999 is beyond a vocabulary of \d+: is the tokenizer this model's\?$/),
    ]);
  });

  test('no rows need no layer', async () => {
    expect(await streamedLogps(memoryFiles(contents()), [])).toEqual([]);
  });
});
