import { expect, test } from 'vitest';
import { parameterCount } from '../causal_lm';
import { readConfig, writeConfig } from './families';
import { type PresetName, preset, presetNames } from './presets';

/** As published: with both vocabulary matrices, and for Pythia without (Biderman et al., table 1). */
const published: Record<PresetName, readonly [all: number, withoutEmbeddings?: number]> = {
  'pythia-70m': [70_426_624, 18_915_328],
  'pythia-160m': [162_322_944, 85_056_000],
  'pythia-410m': [405_334_016, 302_311_424],
  'pythia-1b': [1_011_781_632, 805_736_448],
  'pythia-1.4b': [1_414_647_808, 1_208_602_624],
  'pythia-2.8b': [2_775_208_960, 2_517_652_480],
  'pythia-6.9b': [6_857_302_016, 6_444_163_072],
  'pythia-12b': [11_846_072_320, 11_327_027_200],
  'llama-7b': [6_738_415_616],
  'llama-13b': [13_015_864_320],
  'llama-30b': [32_528_943_616],
};

test.each(presetNames)('%s has as many parameters as were published', (name) => {
  const config = preset(name);
  const [all, withoutEmbeddings] = published[name];
  expect(parameterCount(config)).toBe(all);
  if (withoutEmbeddings !== undefined) {
    expect(all - 2 * config.vocabSize * config.hiddenSize).toBe(withoutEmbeddings);
  }
});

test.each(presetNames)('%s is a config like any other', (name) => {
  const config = preset(name);
  expect(readConfig(writeConfig(config))).toEqual(config);
  expect(config.headSize * config.numHeads).toBe(config.hiddenSize);
  expect(config.maxPositionEmbeddings).toBe(2048);
});

test('a name that is none is answered with those that are', () => {
  expect(() => preset('pythia-1.4B')).toThrow('There is no preset "pythia-1.4B". There are: pythia-70m,');
  expect(() => preset('toString')).toThrow('There is no preset');
});
