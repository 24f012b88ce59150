import '@tensorflow/tfjs';
import { createTokenizer, type Feedback, trainTokenizer, tulu } from '@halokit/data';
import { heldOutRewards, holm, wilson } from '@halokit/evaluation';
import { catalogue } from '@halokit/losses';
import { type CausalLM, createModel, disposeModel, readConfig } from '@halokit/models';
import { referenceModel } from '@halokit/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { evaluate } from './evaluate';
import type { Figure } from './figure';
import { heldOutExamples } from './held_out_examples';
import { measurementText } from './measurement_text';
import { sliceTable } from './slice_table';
import type { Slice } from './slices';

const tokenizer = createTokenizer(trainTokenizer(['no merges'], 259, ['<|endoftext|>', '<|user|>', '<|assistant|>']));
const tokenize = { tokenizer, format: tulu, maxLength: 60, maxPromptLength: 30, longPrompts: 'drop' } as const;
const setOf = ({ source, set }: { readonly source: string; readonly set?: string }) => set ?? source;
const prompt = (content: string) => [{ role: 'user' as const, content }];

let policy: CausalLM;
let start: CausalLM;
beforeAll(async () => {
  await tf.setBackend('cpu');
  const config = readConfig({
    ...{ model_type: 'gpt_neox', vocab_size: tokenizer.vocabularySize, hidden_size: 8, num_hidden_layers: 1 },
    ...{ num_attention_heads: 2, max_position_embeddings: 64, initializer_range: 0.5 },
  });
  [policy, start] = [createModel(config, { seed: 1 }), createModel(config, { seed: 2 })];
});
afterAll(() => {
  for (const model of [policy, start]) disposeModel(model);
});

const pairs: Feedback = {
  kind: 'preferences',
  examples: Array.from({ length: 14 }, (_, i) => {
    const long = 'yes'.repeat(1 + (i % 4));
    return {
      ...{ prompt: prompt(`${i}`), source: 'f.jsonl', line: i + 1, set: i % 3 === 0 ? 'shp' : 'hh-harmless' },
      ...(i % 2 === 0 ? { chosen: long, rejected: 'no' } : { chosen: 'no', rejected: i === 5 ? '' : long }),
    };
  }),
};

const onPairs = (heldOut: ReturnType<typeof heldOutExamples>, byScores = false) =>
  evaluate({ policy, reference: referenceModel(start), heldOut, byScores, beta: 0.1, rowsAtOnce: 4, silent: true });

test('examples keep their order and their set, whatever is left out between them', () => {
  const heldOut = heldOutExamples(pairs, catalogue.dpo.create(), tokenize, setOf);
  const kept = [...pairs.examples.keys()].filter((i) => i !== 5);
  expect(heldOut.sets).toEqual(kept.map((i) => (i % 3 === 0 ? 'shp' : 'hh-harmless')));
  expect(heldOut.examples.map(({ prompt }) => tokenizer.decode(prompt))).toEqual(
    kept.map((i) => expect.stringContaining(`\n${i}\n`)),
  );
  // The halves of a pair next to each other, on the same tokens of their prompt.
  const thumbs = heldOutExamples({ kind: 'binary', examples: halves() }, catalogue.kto.create(), tokenize, setOf);
  expect(thumbs.sets).toEqual(['shp', 'shp', 'a.jsonl']);
  expect(thumbs.examples[0]?.prompt).toBe(thumbs.examples[1]?.prompt);
});

function halves() {
  const origin = { prompt: prompt('?'), source: 'a.jsonl', line: 1 };
  return [
    { ...origin, set: 'shp', response: 'a', desirable: true },
    { ...origin, set: 'shp', response: 'b', desirable: false },
    { ...origin, line: 2, response: 'c', desirable: true },
  ];
}

test('pairs: the figures of all, and of each slice those of its pairs alone', async () => {
  const heldOut = heldOutExamples(pairs, catalogue.dpo.create(), tokenize, setOf);
  const { figures, slices, calibration } = await onPairs(heldOut);
  expect(figures.map(({ name, unit }) => [name, unit])).toEqual([
    ['reward accuracy', 'share'],
    ['rule "the shorter answer wins"', 'share'],
    ['reward accuracy over that rule', 'share'],
    ['reward margin', 'reward'],
    ['log-ratio of held-out answers', 'nats'],
  ]);
  expect(slices.map(({ by, name, n }) => [by, name, n])).toEqual([
    ['set', 'shp', 5],
    ['set', 'hh-harmless', 8],
    ['length', '4 tokens', 4],
    ['length', '7 to 10 tokens', 6],
    ['length', '13 tokens', 3],
  ]);
  if (heldOut.kind !== 'preferences') throw new Error('unreachable');
  const of = (set: string) => heldOut.examples.filter((_, i) => heldOut.sets[i] === set);
  for (const { by, name, figures } of slices) {
    if (by !== 'set') continue;
    const alone = await heldOutRewards({ policy, reference: start, preferences: of(name), beta: 0.1 });
    expect(figures[0]).toEqual({
      ...{ name: 'reward accuracy', estimate: alone.accuracy, unit: 'share', noEffect: 0.5, pValue: alone.pValue },
    });
    // It rests on which pair has which reward and which lengths.
    expect(figures[2]?.estimate.high).toBeCloseTo(alone.overShorter.high, 9);
    expect(figures[2]?.pValue).toBe(alone.overShorter.pValue);
    expect(figures[3]?.estimate.value).toBeCloseTo(alone.margin.value, 5);
    expect(figures[4]?.estimate.value).toBeCloseTo(alone.logRatio.value, 4);
  }
  expect(calibration?.bins.reduce((n, bin) => n + bin.n, 0)).toBe(13);
  expect(JSON.parse(JSON.stringify({ figures, slices }))).toEqual({ figures, slices });
});

test('thumbs: an area with its interval, by set, length and class', async () => {
  const examples = Array.from({ length: 12 }, (_, i) => ({
    ...{ prompt: prompt(`${i}`), source: i < 8 ? 'a.jsonl' : 'b.jsonl', line: i + 1 },
    ...{ response: 'ab'.repeat(1 + (i % 3)), desirable: i < 8 ? i % 2 === 0 : true },
  }));
  const heldOut = heldOutExamples({ kind: 'binary', examples }, catalogue.kto.create(), tokenize, setOf);
  const { figures, slices, calibration } = await onPairs(heldOut);
  const [area, up, down, ratio] = figures;
  expect(area?.name).toBe('area under the ROC curve');
  expect(area?.estimate.low).toBeLessThan(area?.estimate.value as number);
  expect([area, up, down, ratio].map((figure) => figure?.estimate.n)).toEqual([12, 8, 4, 12]);
  expect(calibration).toBeUndefined();
  const named = Object.fromEntries(slices.map((slice) => [slice.name, slice]));
  expect(Object.keys(named)).toEqual([
    ...['a.jsonl', 'b.jsonl', '3 tokens', '5 tokens', '7 tokens', 'desirable', 'undesirable'],
  ]);
  // One class alone has no area, and says so.
  expect(named['b.jsonl']?.figures[0]?.estimate).toMatchObject({ value: Number.NaN, low: 0, high: 1 });
  expect(named.desirable?.figures.map(({ name }) => name)).toEqual([
    ...['reward of the answers', 'log-ratio of held-out answers'],
  ]);
  expect(named.desirable?.figures[0]?.estimate).toEqual(up?.estimate);
  const text = measurementText({ figures, slices });
  expect(text).toMatch(/^b\.jsonl +4 +unknown: a class is missing .* too few to say$/m);
  expect(text).not.toContain('NaN');
});

test('demonstrations: the loss before, after, and by how much lower on the same answers', async () => {
  const heldOut = heldOutExamples(pairs, catalogue.sft.create(), tokenize, setOf);
  const { figures, slices } = await onPairs(heldOut);
  const [before, after, lower] = figures.map(({ estimate }) => estimate);
  expect(lower?.value).toBeCloseTo((before?.value as number) - (after?.value as number), 5);
  expect(slices.filter(({ by }) => by === 'set').map(({ n }) => n)).toEqual([5, 9]);
  // Nothing it is tested against: no words.
  expect(sliceTable('set', slices.slice(0, 2))).not.toMatch(/chance|words/);
});

const accuracy = (wins: number, n: number, pValue: number): Figure => ({
  ...{ name: 'reward accuracy', estimate: wilson(wins, n), unit: 'share', noEffect: 0.5, pValue },
});
const rule: Figure = { name: 'rule', estimate: wilson(30, 60), unit: 'share' };

test('slices in words, corrected for how many there are, and none of those that are too small', () => {
  const slice = (name: string, wins: number, n: number, p: number): Slice => {
    return { by: 'set', name, n, figures: [accuracy(wins, n, p), rule] };
  };
  expect(holm([0.02, 0.03, 0.001])).toEqual([0.04, 0.04, 0.003]);
  const sets = [
    slice('a', 40, 60, 0.02),
    slice('b', 20, 60, 0.03),
    slice('c', 50, 60, 0.001),
    slice('d', 9, 9, 0.0001),
  ];
  expect(sliceTable('set', sets).split('\n')).toEqual([
    'by set    n         reward accuracy                  rule   in words',
    '──────   ──   ─────────────────────   ───────────────────   ──────────────────',
    'a        60     66.7 % [54.1, 77.3]   50.0 % [37.7, 62.3]   better than chance',
    'b        60     33.3 % [22.7, 45.9]   50.0 % [37.7, 62.3]   worse than chance',
    'c        60     83.3 % [72.0, 90.7]   50.0 % [37.7, 62.3]   better than chance',
    'd         9   100.0 % [70.1, 100.0]   50.0 % [37.7, 62.3]   too few to say',
    '',
    "In words: at 5 %, by Holm's correction for 3 comparisons.",
  ]);
  // Alone it would be a finding; one of four it is none.
  const one = sliceTable('set', [slice('a', 40, 60, 0.02), ...[0.5, 0.6, 0.7].map((p, i) => slice(`${i}`, 31, 60, p))]);
  expect(one).toMatch(/^a .*not distinguishable from chance$/m);
});

test('what is not significant is said, calibration in a line, and one set needs no table', () => {
  const slices: Slice[] = [{ by: 'set', name: 'a', n: 60, figures: [accuracy(33, 60, 0.5)] }];
  const bin = { low: 0.5, high: 0.9, n: 60, predicted: 0.7, observed: wilson(33, 60) };
  const calibration = { bins: [bin], expectedError: 0.15, brier: 0.2348 };
  expect(measurementText({ figures: [accuracy(33, 60, 0.5), rule], slices, calibration }).split('\n')).toEqual([
    'on held-out prompts   figure [95 % interval]    n',
    '───────────────────   ──────────────────────   ──',
    'reward accuracy          55.0 % [42.5, 66.9]   60',
    'rule                     50.0 % [37.7, 62.3]   60',
    '',
    'reward accuracy is not distinguishable from chance: the interval holds 50 %.',
    '',
    "Calibration: the margins' probabilities are off by 15.0 points in one bin; Brier score 0.235 (0.250 says nothing).",
  ]);
});
