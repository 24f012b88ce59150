import { wilson } from '@halokit/evaluation';
import { expect, test } from 'vitest';
import { finding } from './demo_report';

const result = (wins: number, ties: number, losses: number) => {
  const n = wins + ties + losses;
  return { rate: wilson(wins + ties / 2, n), wins, ties, losses, orderDependent: 0, outcomes: [] };
};

test('a finding says no more than its interval', () => {
  expect(finding('KTO', 'SFT', result(150, 50, 50))).toBe(
    'KTO beats SFT: 70.0 % [64.1, 75.3] (150 won, 50 tied, 50 lost).',
  );
  expect(finding('KTO', 'DPO', result(50, 50, 150))).toMatch(/^KTO does not beat DPO, DPO beats KTO: 30\.0 %/);
  expect(finding('KTO', 'DPO', result(100, 60, 90))).toMatch(
    /^KTO does not beat DPO, nor DPO KTO: .*no significant difference\.$/,
  );
});
