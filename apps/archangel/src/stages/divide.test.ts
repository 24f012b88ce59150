import type { Binary, Preference } from '@halokit/data';
import { expect, test } from 'vitest';
import { divide } from './divide';

const pairs = Array.from({ length: 100 }, (_, i): Preference => {
  const prompt = [{ role: 'user', content: `Say ${i}` }] as const;
  return { prompt, chosen: `good ${i}`, rejected: `bad ${i}`, source: 'pairs.jsonl', line: i + 1 };
});
const feedback = { kind: 'preferences', examples: pairs } as const;
const division = { joinVotes: false, heldOut: 0.2, heldOutBy: 'prompt', onePerPrompt: false, seed: 1 } as const;

const exchanged = (of: { examples: readonly (Preference | Binary)[] }) =>
  (of.examples as Preference[]).filter(({ chosen }) => chosen.startsWith('bad')).length;

test('labels are turned round where they are trained on, and nowhere else', () => {
  const { train, heldOut, steps } = divide(feedback, { ...division, flipLabels: 0.25 });
  expect([train.examples.length, heldOut.examples.length]).toEqual([80, 20]);
  expect([exchanged(train), exchanged(heldOut)]).toEqual([20, 0]);
  const repaired = { 'turned round on purpose, as noise': 20 };
  expect(steps).toEqual([{ what: 'labels turned round', counts: { read: 80, kept: 80, dropped: {}, repaired } }]);
});

test('a share of 0 changes nothing and is no step', () => {
  expect(divide(feedback, { ...division, flipLabels: 0 })).toEqual(divide(feedback, division));
});

test('after the classes are thinned out: of what is left, so many', () => {
  const { train, steps } = divide(feedback, { ...division, keepUndesirable: 0.5, flipLabels: 0.1 });
  expect(steps.map(({ what }) => what)).toEqual(['shares of the classes', 'labels turned round']);
  const wrong = (train.examples as Binary[]).filter((one) => one.desirable !== one.response.startsWith('good'));
  expect([train.examples.length, wrong.length]).toEqual([120, 12]);
});
