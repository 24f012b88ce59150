import { expect, test } from 'vitest';
import { Tally } from './tally';

test('rows kept, dropped and repaired, by reason', () => {
  const tally = new Tally();
  tally.keep();
  tally.keep(['joined', 'cut']);
  tally.drop('empty');
  tally.drop('empty');
  expect(tally.counts()).toEqual({ read: 4, kept: 2, dropped: { empty: 2 }, repaired: { joined: 1, cut: 1 } });
});

test('another file’s counts are added, and counts already given do not change', () => {
  const [first, second] = [new Tally(), new Tally()];
  first.keep(['cut']);
  first.drop('empty');
  second.keep(['cut', 'joined']);
  second.drop('empty');
  second.drop('torn');
  const before = first.counts();
  first.add(second.counts());
  expect(first.counts()).toEqual({
    read: 5,
    kept: 2,
    dropped: { empty: 2, torn: 1 },
    repaired: { cut: 2, joined: 1 },
  });
  expect(before).toEqual({ read: 2, kept: 1, dropped: { empty: 1 }, repaired: { cut: 1 } });
});
