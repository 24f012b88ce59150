import fc from 'fast-check';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import { klPartners } from './kl_partners';

const indices = (n: number) => [...Array(n).keys()];

test('a partner always has another prompt, and each response is used once where no prompt fills half the batch', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 2, maxLength: 40 }),
      fc.integer(),
      (keys, seed) => {
        fc.pre(new Set(keys).size > 1);
        const prompts = keys.map(String);
        const partners = klPartners(indices(keys.length), prompts, xoroshiro128plus(seed));
        partners.forEach((partner, i) => {
          expect(prompts[partner]).not.toBe(prompts[i]);
        });
        const largest = Math.max(...keys.map((key) => keys.filter((other) => other === key).length));
        if (2 * largest <= keys.length) expect(new Set(partners).size).toBe(keys.length);
      },
    ),
  );
});

test('a batch of one finds its partner elsewhere in the dataset', () => {
  expect(klPartners([1], ['a', 'b', 'b'], xoroshiro128plus(1))).toEqual([0]);
});

test('a dataset of one prompt is refused with a reason', () => {
  expect(() => klPartners([0, 1], ['a', 'a'], xoroshiro128plus(1))).toThrow('All examples share one prompt');
});
