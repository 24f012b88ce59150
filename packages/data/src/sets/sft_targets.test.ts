import { expect, test } from 'vitest';
import { sftTargets } from './sft_targets';

test('chosen responses, but for those that are not the target of their prompt', () => {
  const origin = { prompt: [{ role: 'user', content: 'p' }], set: 'oasst', source: 'f', line: 1 } as const;
  const pairs = [
    { ...origin, chosen: 'best', rejected: 'good', margin: 1 },
    { ...origin, chosen: 'good', rejected: 'bad', sftTarget: false },
  ];
  expect(sftTargets(pairs)).toEqual([{ ...origin, response: 'best' }]);
});
