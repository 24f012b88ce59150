import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { rewardGrid, type ValueCurve, valueCurves } from '../figures/value_curves';
import { runValues } from './values';

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

test('the page and the figure stand alone, and name every curve', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'values-'));
  await runValues(['--out', join(folder, 'figures', 'v.html'), '--loss', 'prospect', '--loss.value', 'linear']);
  const svg = await readFile(join(folder, 'figures', 'v.svg'), 'utf8');
  const page = await readFile(join(folder, 'figures', 'v.html'), 'utf8');
  expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
  for (const text of ['RLHF and KTO: σ(z)', 'Kahneman–Tversky', 'simpo', 'yours: prospect', 'v(z)']) {
    expect(svg).toContain(text);
    expect(page).toContain(text);
  }
  expect(page.match(/<svg/g)).toHaveLength(1);
  expect(page).not.toContain('"#0072b2"');
  expect(page).not.toMatch(/(src|href)="?http|url\(['"]?http|@import/);
});

test('curves are the losses’ own functions, one for all that share it', () => {
  const curves = valueCurves();
  const at = (title: string, z: number) => {
    const { values } = curves.find((curve) => curve.title.startsWith(title)) as ValueCurve;
    return values[rewardGrid.indexOf(z)];
  };
  expect(at('RLHF', 2)).toBeCloseTo(1 / (1 + Math.exp(-2)), 6);
  expect(at('DPO', -3)).toBeCloseTo(-Math.log(1 + Math.exp(3)), 5);
  expect(at('SLiC', -1)).toBe(-2);
  expect(at('Kahneman', -2)).toBeCloseTo(-2.25 * 2 ** 0.88, 5);
  expect(curves.find(({ title }) => title.startsWith('DPO'))?.note).toMatch(/^dpo, .*bradleyTerry/);
  expect(new Set(curves.map(({ title }) => title)).size).toBe(curves.length);
});

test('a loss without a value function, and a file of another kind, are refused', async () => {
  await expect(runValues(['--loss', 'sft'])).rejects.toThrow('sft: exposes no value function to draw');
  await expect(runValues(['--out', 'v.png'])).rejects.toThrow('out: v.png is to end in .html.');
});
