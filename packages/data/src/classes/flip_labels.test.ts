import { expect, test } from 'vitest';
import { counted } from '../../test/rows';
import type { Binary, Feedback, Preference } from '../feedback';
import { flipLabels } from './flip_labels';

const origin = (line: number) => ({
  ...{ prompt: [{ role: 'user', content: `p${line}` }] as const, source: 'f.jsonl', line },
});
const pairs: readonly Preference[] = Array.from({ length: 200 }, (_, i) => {
  return { ...origin(i + 1), chosen: `good ${i}`, rejected: `bad ${i}`, margin: i };
});
const thumbs: readonly Binary[] = Array.from({ length: 200 }, (_, i) => {
  return { ...origin(i + 1), response: `r${i}`, desirable: i % 3 === 0 };
});
const feedback = {
  pairs: { kind: 'preferences', examples: pairs },
  thumbs: { kind: 'binary', examples: thumbs },
} as const;
const flip = (of: Feedback, share: number, seed = 1) => counted((tally) => flipLabels(of, { share, seed }, tally));

test.each([
  [0.1, 20],
  [0.5, 100],
  [0.013, 3],
  [1, 200],
])('a share of %f turns exactly so many of 200 round, and says so', (share, turned) => {
  const ofPairs = flip(feedback.pairs, share);
  const exchanged = (ofPairs.result.examples as Preference[]).map(({ chosen, rejected, margin, ...rest }, i) => {
    expect([...[chosen, rejected]].sort()).toEqual([`bad ${i}`, `good ${i}`]);
    expect({ ...rest, margin }).toEqual({ ...origin(i + 1), margin: i });
    return chosen === `bad ${i}`;
  });
  const ofThumbs = flip(feedback.thumbs, share);
  const differ = (ofThumbs.result.examples as Binary[]).map(({ desirable, ...rest }, i) => {
    expect(rest).toEqual({ ...origin(i + 1), response: `r${i}` });
    return desirable !== (i % 3 === 0);
  });
  for (const found of [exchanged, differ]) expect(found.filter((one) => one)).toHaveLength(turned);
  for (const { counts } of [ofPairs, ofThumbs]) {
    const repaired = { 'turned round on purpose, as noise': turned };
    expect(counts).toEqual({ read: 200, kept: 200, dropped: {}, repaired });
  }
});

test('nothing changes nothing', () => {
  expect(flip(feedback.pairs, 0)).toEqual({
    result: feedback.pairs,
    counts: { read: 200, kept: 200, dropped: {}, repaired: {} },
  });
});

test('the seed draws; a larger share turns all that a smaller one does', () => {
  const turned = (share: number, seed?: number) =>
    (flip(feedback.pairs, share, seed).result.examples as Preference[]).flatMap(({ chosen, line }) =>
      chosen.startsWith('bad') ? [line] : [],
    );
  expect(turned(0.2)).toEqual(turned(0.2));
  expect(turned(0.2, 2)).not.toEqual(turned(0.2));
  expect(turned(0.4)).toEqual(expect.arrayContaining(turned(0.2)));
});

test.each([-0.1, 1.1, Number.NaN])('a share of %f is refused', (share) => {
  expect(() => flip(feedback.pairs, share)).toThrow(`share: must be a number from 0 to 1, not ${share}.`);
});
