import { preset } from '@halokit/models';
import { expect, test } from 'vitest';
import { leastBytes, parseTask } from './task';

test('as it is written, and what may be left out', () => {
  const name = 'pythia-1.4b-lora-float16@4x256/2';
  expect(parseTask(name)).toEqual({
    ...{ name, model: 'pythia-1.4b', kind: 'lora-float16', rows: 4, tokens: 256, microbatchRows: 2 },
  });
  expect(parseTask('llama-7b-lora')).toMatchObject({ model: 'llama-7b', rows: 8, tokens: 512, microbatchRows: 1 });
});

test.each([
  ['pythia-410m', 'is not written as'],
  ['pythia-410m-full@1x512', 'rows (2 at least)'],
  ['pythia-410m-full@8x512/0', 'is not written as'],
  ['pythia-9b-full', 'There is no preset "pythia-9b"'],
])('%s: %s', (text, message) => {
  expect(() => parseTask(text)).toThrow(message);
});

test('what a task needs at least: weights, and what training all of them takes beside', () => {
  const config = preset('llama-7b');
  const gigabytes = (kind: 'full' | 'lora' | 'lora-float16', program: 'halokit' | 'PyTorch') =>
    leastBytes({ kind }, config, program) / 1e9;
  // 6,738,415,616 parameters.
  expect(gigabytes('full', 'halokit')).toBeCloseTo(80.9, 1);
  expect(gigabytes('lora', 'halokit')).toBeCloseTo(27.0, 1);
  expect(gigabytes('lora-float16', 'halokit')).toBeCloseTo(13.5, 1);
  expect(gigabytes('lora-float16', 'PyTorch')).toBeCloseTo(27.0, 1);
});
