import { disposeModel, parameterCount } from '@halokit/models';
import { beforeAll, expect, test, vi } from 'vitest';
import { chooseBackend } from '../backend';
import { trainConfig } from '../config/train_config';
import { newModelConfig } from './new_model';
import { openModel } from './open_model';

beforeAll(() => chooseBackend('cpu'));

const tokenizer = { vocabularySize: 512, eosId: 3 };
const shape = { layers: 4, width: 128, heads: 4, context: 96 };

test('Pythia unless stated', () => {
  expect(newModelConfig(shape, tokenizer)).toEqual(newModelConfig({ ...shape, family: 'pythia' }, tokenizer));
  expect(newModelConfig(shape, tokenizer)).toMatchObject({
    modelType: 'gpt_neox',
    intermediateSize: 512,
    initializerRange: 1 / Math.sqrt(128),
  });
});

test('Llama of the same shape: a gated MLP of 8/3 of the width, to eights, every head with keys and values of its own', () => {
  const config = newModelConfig({ ...shape, family: 'llama' }, tokenizer);
  expect(config).toMatchObject({
    ...{ modelType: 'llama', vocabSize: 512, hiddenSize: 128, numLayers: 4, numHeads: 4, maxPositionEmbeddings: 96 },
    ...{ intermediateSize: 344, numKeyValueHeads: 4, rmsNormEps: 1e-5, tieWordEmbeddings: false },
    ...{ initializerRange: 1 / Math.sqrt(128), bosTokenId: 3, eosTokenId: 3 },
  });
  // Embeddings in and out; four square matrices, three of the MLP and two norms a layer; a norm.
  expect(parameterCount(config)).toBe(2 * 512 * 128 + 4 * (4 * 128 ** 2 + 3 * 128 * 344 + 2 * 128) + 128);
});

test.each([16, 100, 768])('the MLP of a Llama %i wide is a multiple of 8, as near 8/3 as can be', (width) => {
  const { intermediateSize } = newModelConfig({ ...shape, width, heads: 2, family: 'llama' }, tokenizer);
  expect(intermediateSize % 8).toBe(0);
  expect(Math.abs(intermediateSize - (8 * width) / 3)).toBeLessThanOrEqual(4);
});

test('a run says whose architecture it makes', async () => {
  const say = vi.spyOn(console, 'log').mockImplementation(() => {});
  for (const family of ['pythia', 'llama'] as const) {
    const asked = { shape: { family, layers: 1, width: 16, heads: 2 }, method: 'sft', data: 'thumbs.jsonl' };
    const model = await openModel(trainConfig.parse(asked), undefined, undefined, tokenizer);
    expect(say.mock.lastCall?.[0]).toMatch(
      new RegExp(`^Model: new ${family}, 1 layers, width 16, [\\d,]+ parameters$`),
    );
    disposeModel(model);
  }
  say.mockRestore();
});
