import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contrasts } from '../../../test/contrasts';
import { findBrowser, launchBrowser, noBrowser } from '../../../test/find_browser';
import { type MadeCell, madeResults } from '../../../test/grid_results_fixture';
import { realData, withoutRealData } from '../../../test/real_data';
import { publishedCounts, publishedFractions, publishedMistral } from '../../report/archangel_counts';
import { gridReport } from './grid_report';
import { gridReportMarkdown } from './grid_report_markdown';
import { gridReportPage } from './page/grid_report_page';
import { resultsJson } from './results_json';
import type { Measured } from './section';

/** Of a method, a run a seed from 1 on, the share won of 100 pairs, in hundredths. */
function runs(method: string, rates: readonly number[], more: Partial<MadeCell> = {}): MadeCell[] {
  return rates.map((rate, i) => ({
    ...{ model: 'small', method, seed: i + 1, counts: [rate, 0, 100 - rate] },
    ...more,
  }));
}

const both = [
  { name: 'small', family: 'pythia', parameters: 210_000 },
  { name: 'lama', family: 'llama', parameters: 1_400_000 },
];

const [kto, dpo] = [runs('kto', [40, 50, 60]), runs('dpo', [30, 30, 40])];
// Differences of 10, 20 and 20 points: t = 5 at two degrees, of which p is 1 - t / sqrt(t^2 + 2).
const p = 1 - 5 / Math.sqrt(27);

describe('what came out', () => {
  test('runs are the unit: a paired t test by hand, which agrees with the paper', () => {
    const { tests, claims, summary, notAsked } = gridReport(madeResults([...kto, ...dpo]));
    expect(tests).toMatchObject([{ of: 'kto', against: 'dpo', scope: '', estimate: { n: 3 } }]);
    expect(tests[0]?.estimate.value).toBeCloseTo(1 / 6, 12);
    expect(tests[0]?.pValue).toBeCloseTo(p, 12);
    expect(claims.map(({ claim, here }) => [claim, here])).toEqual([
      [
        'KTO alone does better than DPO alone.',
        [
          {
            scope: '',
            verdict: 'agrees',
            sentence:
              'kto wins more often than dpo: +16.7 points [2.3, 31.0] over 3 runs (p = 0.038 after correction).',
          },
        ],
      ],
    ]);
    expect(summary).toEqual(['One test was made, a paired t test over runs; it tells the two methods apart at 5 %.']);
    expect(notAsked).toHaveLength(4);
  });

  test('every method is held against what it starts from', () => {
    const methods = ['unaligned', 'sft', 'kto', 'sft+kto'];
    const cells = methods.flatMap((method, i) => runs(method, [20 + 10 * i, 31 + 10 * i, 39 + 11 * i]));
    const { tests, sections } = gridReport(madeResults(cells, { methods }));
    expect(tests.map(({ about, of, against }) => [about, of, against])).toEqual([
      ['methods', 'sft', 'unaligned'],
      ['methods', 'kto', 'unaligned'],
      ['methods', 'sft+kto', 'sft'],
    ]);
    expect(sections[0]?.findings[1]).toMatch(/^kto wins more often than unaligned: \+20\.7 points/);
  });

  test('another question makes the same difference mean less, and then nothing is claimed', () => {
    const long = { tokens: 20 };
    const cells = [...runs('kto', [40, 50, 60], long), ...runs('dpo', [30, 30, 40], { tokens: 21 })];
    const { tests, claims, summary } = gridReport(madeResults(cells));
    expect(tests.map(({ about, corrected }) => [about, corrected])).toEqual([
      ['kto-dpo', expect.closeTo(2 * p, 12)],
      // The same token less three times over is no spread to judge by.
      ['lengths', 1],
    ]);
    expect(claims[0]?.here[0]).toMatchObject({
      verdict: 'cannot be told',
      sentence:
        'kto and dpo are not to be told apart: kto less dpo is +16.7 points [2.3, 31.0] over 3 runs (p = 0.075 after correction).',
    });
    expect(summary[0]).toMatch(/none tells two methods apart .* 1 would pass for significant alone, and does not/);
  });

  test('what goes the other way disagrees, in the family where it does', () => {
    const other = { model: 'lama' };
    const cells = [
      ...kto,
      ...dpo,
      ...runs('kto', [20, 21, 20, 22], other),
      ...runs('dpo', [60, 63, 61, 61], other),
      // A run that has no other to be paired with.
      ...runs('kto', [99], { seed: 9 }),
    ];
    const { claims, sections } = gridReport(madeResults(cells, { models: both, seeds: [1, 2, 3, 4] }));
    expect(claims[0]?.here.map(({ scope, verdict }) => [scope, verdict])).toEqual([
      ['all models', 'cannot be told'],
      ['pythia models', 'cannot be told'],
      ['llama models', 'disagrees'],
    ]);
    const table = sections.find(({ id }) => id === 'kto-dpo')?.tables[0];
    expect(table?.rows.map(([, models, , n]) => [models, n])).toEqual([
      ['small, 0.21 M', '3'],
      ['lama, 1.4 M', '4'],
      ['llama models', '4'],
      ['pythia models', '3'],
      ['all models', '7'],
    ]);
  });

  test('a single run is not tested, and no run at all is said', () => {
    const one = gridReport(madeResults([...runs('kto', [40]), ...runs('dpo', [30])]));
    expect(one.summary[0]).toMatch(/^Nothing was tested/);
    expect(one.claims[0]?.here[0]).toMatchObject({
      verdict: 'cannot be told',
      sentence: 'kto less dpo is +10.0 points in the one run there is: too few to tell anything.',
    });
    const none = gridReport(madeResults([], { missing: ['small/seed-1/kto: is not there.'] }));
    expect(none).toMatchObject({ claims: [], sections: [], missing: ['small/seed-1/kto: is not there.'] });
    expect(none.without).toContain('Methods by size');
  });
});

describe('the sections', () => {
  test('a rate is wins and half of the ties, its interval over seeds, cut where no rate can be', () => {
    const cells = [
      { model: 'small', method: 'kto', seed: 1, counts: [0, 10, 90] as const },
      { model: 'small', method: 'kto', seed: 2, counts: [0, 30, 70] as const },
    ];
    const section = gridReport(madeResults(cells)).sections.find(({ id }) => id === 'methods');
    const cell = section?.tables[0]?.rows[0]?.[1] as Measured;
    // 12.706 x 0.0707 / sqrt 2 to either side of 0.1.
    expect(cell.estimate).toMatchObject({ value: 0.1, low: 0, high: expect.closeTo(0.7353, 4), n: 2 });
    expect(cell.seeds).toEqual([0.05, 0.15]);
    expect(section?.about.join()).toContain('No answer of any run won');
    const won = gridReport(madeResults(kto)).sections.find(({ id }) => id === 'methods');
    expect(won?.about.join()).not.toContain('No answer of any run won');
  });

  test('a sweep stands beside what it departs from: all of the data, no noise, another sweep’s cell, or the method', () => {
    const swept = (name: string, method: string, values: readonly string[]) => ({
      sweep: { name, method, values, models: ['small'] },
      cells: values.flatMap((value, i) => runs(method, [40 - i, 41 - i], { sweep: { name, value } })),
    });
    const all = [
      swept('desirable', 'kto', ['50%', '10%']),
      swept('noise', 'sft+kto', ['0%', '20%']),
      swept('value', 'kto', ['kahneman-tversky', 'linear']),
      // As an object's keys come: whole numbers first.
      swept('lossAversion', 'kto', ['1', '4', '1.5']),
      swept('beta', 'kto', ['0.5']),
    ];
    const cells = [...kto, ...dpo, ...all.flatMap(({ cells }) => cells)];
    const settings = [
      { key: 'sweeps.desirable.values.10%.keepDesirable', value: '0.1' },
      { key: 'sweeps.noise.labels.by', value: 'world' },
    ];
    const report = gridReport(madeResults(cells, { sweeps: all.map(({ sweep }) => sweep), settings }));
    const shown = (id: string) => {
      const section = report.sections.find((one) => one.id === `sweep-${id}`);
      const pairs = report.tests.filter(({ about }) => about === `sweep ${id}`);
      return {
        title: section?.title,
        labels: section?.charts[0]?.map(({ labels }) => labels),
        against: [...new Set(pairs.map(({ against }) => against))],
        of: pairs.map(({ of }) => of.replace(/.*@/, '')),
      };
    };
    expect(shown('desirable')).toEqual({
      title: 'Fewer desirable examples',
      labels: [
        ['100%', '50%', '10%'],
        ['100%', '50%', '25%', '10%', '5%', '1%'],
      ],
      against: ['dpo'],
      of: ['desirable=50%', 'desirable=10%'],
    });
    expect(shown('noise')).toMatchObject({ labels: [['0%', '20%']], against: ['sft+kto@noise=0%'], of: ['noise=20%'] });
    expect(shown('value')).toMatchObject({ labels: [['logistic', 'kahneman-\ntversky', 'linear']], against: ['kto'] });
    expect(shown('lossAversion')).toMatchObject({
      labels: [['1', '1.5', '2.25', '4']],
      against: ['kto@value=kahneman-tversky'],
    });
    expect(shown('beta')).toMatchObject({ title: 'Sweep “beta”', against: ['kto'], of: ['beta=0.5'] });
    const rows = report.sections.find(({ id }) => id === 'sweep-desirable')?.tables[0]?.rows;
    expect(rows?.map(([, method, keys]) => [method, keys])).toEqual([
      ['kto', ''],
      ['kto@desirable=50%', ''],
      ['kto@desirable=10%', 'keepDesirable: 0.1'],
      ['dpo', ''],
    ]);
    expect(report.sections.find(({ id }) => id === 'sweep-noise')?.about.join()).toContain('a black box (world)');
    const tenth = report.claims.find(({ claim }) => claim.startsWith('With nine in ten'));
    expect(tenth?.here).toHaveLength(1);
    // 84 won and 156 lost of 256; 158 and 332 of 512.
    expect(tenth?.counts).toContain(`${((100 * 92) / 256).toFixed(1)} % (n = 256) against DPO’s 33.0 % (n = 512)`);
  });

  test('kinds of prompts are read apart, and tested apart', () => {
    const by = (helpful: number, harmless: number) => ({
      helpful: { win: helpful, tie: 0, loss: 50 - helpful, unparsable: 0 },
      harmless: { win: harmless, tie: 0, loss: 50 - harmless, unparsable: 0 },
    });
    const cells = [
      ...runs('kto', [40, 50]).map((cell) => ({ ...cell, bySet: by(30, 10 + cell.seed) })),
      ...runs('dpo', [40, 50]).map((cell) => ({ ...cell, bySet: by(20 + cell.seed, 10) })),
    ];
    const report = gridReport(madeResults(cells));
    const sets = report.tests.filter(({ about }) => about.startsWith('set '));
    expect(sets.map(({ about, estimate }) => [about, Number(estimate.value.toFixed(3))])).toEqual([
      ['set harmless', 0.03],
      ['set helpful', 0.17],
    ]);
    expect(report.sections.find(({ id }) => id === 'sets')?.tables.map(({ title }) => title)).toEqual([
      'On harmless prompts',
      'On helpful prompts',
    ]);
  });
});

test.skipIf(withoutRealData)('the authors’ counts are those that they published, every one', () => {
  const [, ...lines] = readFileSync(realData('archangel/win-counts.csv'), 'utf8').trim().split('\n');
  const short = (model: string) => model.toLowerCase().replace(/[ .]/g, '').replace('12b', '120b');
  const ours = [
    ...publishedCounts.map((row) => [`archangel_${row.method}_${short(row.model)}`, row] as const),
    ...publishedFractions.map((row) => [`fracdata_kto_llama7b_${row.desirable}_${row.undesirable}`, row] as const),
    ...publishedMistral.map((row) => [`${row.method}_mistral7b_oasst`, row] as const),
  ].map(([name, row]) => [name, row.judgments, row.wins, row.losses, row.meanTokens, row.targetTokens].join());
  const theirs = lines.flatMap((line) => {
    const [experiment = '', , ...numbers] = line.split(',');
    const fraction = /_FD([\d.]+)_.*_FU([\d.]+)_/.exec(experiment);
    const name = fraction
      ? `fracdata_kto_llama7b_${Number(fraction[1])}_${Number(fraction[2])}`
      : experiment.replace('pythia1-4b', 'pythia14b').replace(/pythia(\d+)-(\d)b/, 'pythia$1$2b');
    return name.includes('instruct') ? [] : [[name, ...numbers.map(Number)].join()];
  });
  expect(ours.sort()).toEqual(theirs.sort());
});

test('as text it is what the golden file holds, and from kept results the same to the letter', async () => {
  const cells = [
    ...runs('sft', [30, 31, 32], { tokens: 20 }),
    ...runs('dpo', [30, 30, 40], { tokens: 40 }),
    ...runs('kto', [40, 50, 60]).map((cell) => ({ ...cell, tokens: 20 + cell.seed })),
    ...runs('kto', [45, 47], { sweep: { name: 'beta', value: '0.5' } }),
  ];
  const results = madeResults(cells, {
    sweeps: [{ name: 'beta', method: 'kto', values: ['0.5'], models: ['small'] }],
    settings: [{ key: 'sweeps.beta.values.0.5.loss.beta', value: '0.5' }],
    missing: ['small/seed-3/kto@beta=0.5: is not there.'],
  });
  const text = gridReportMarkdown(results, 'archangel grid report made');
  await expect(text).toMatchFileSnapshot('../../../test/grid_report.golden.md');
  const kept = resultsJson(results);
  expect(kept.split('\n').filter((line) => line.includes('"seed":'))).toHaveLength(cells.length);
  expect(gridReportMarkdown(JSON.parse(kept), 'archangel grid report made')).toBe(text);
});

describe.skipIf(!findBrowser())(`a grid’s report in Chromium (${noBrowser})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'grid-page-'));
  const [complaints, requests]: [string[], string[]] = [[], []];
  let browser: Browser;
  let tab: Page;
  beforeAll(async () => {
    const models = [...both, { name: 'big', family: 'llama', parameters: 2_400_000 }];
    const each = models.flatMap(({ name: model }) => [
      ...runs('sft', [20, 22, 25], { model, tokens: 20 }),
      ...runs('kto', [40, 50, 60], { model, tokens: 21 }),
      ...runs('sft+kto', [41, 52, 60], { model, tokens: 22 }),
      ...runs('dpo', [30, 30, 40], { model, tokens: 35 }),
    ]);
    const results = madeResults([...each, ...runs('kto', [35, 37], { sweep: { name: 'desirable', value: '10%' } })], {
      ...{ models, methods: ['sft', 'kto', 'dpo', 'sft+kto'], judge: '<img src=x onerror="alert(1)">' },
      sweeps: [{ name: 'desirable', method: 'kto', values: ['10%'], models: ['small'] }],
    });
    const file = join(folder, 'report.html');
    writeFileSync(file, await gridReportPage(gridReport(results)));
    browser = await launchBrowser();
    tab = await browser.newPage({ offline: true, viewport: { width: 390, height: 800 } });
    tab.on('pageerror', (error) => complaints.push(String(error)));
    tab.on('console', (message) => complaints.push(message.text()));
    tab.on('request', (request) => requests.push(request.url()));
    await tab.goto(pathToFileURL(file).href);
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  test('it loads and runs nothing, and on a phone nothing is wider than the screen', async () => {
    expect(await tab.locator('h2').allInnerTexts()).toEqual([
      ...['What came out', 'Methods by size', 'KTO against DPO', 'Lengths of answers', 'Fewer desirable examples'],
    ]);
    expect(await tab.locator('#found .badge').first().textContent()).toBe('agrees');
    expect(await tab.locator('#methods figure').count()).toBe(4);
    expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    expect(await tab.locator('main img').count()).toBe(0);
    expect(requests.filter((asked) => !asked.startsWith('file:') && !asked.startsWith('data:'))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test.each(['light', 'dark'] as const)('%s: what is to be read stands out, in charts too', async (colorScheme) => {
    await tab.emulateMedia({ colorScheme });
    const texts = await tab.evaluate(contrasts, ['p', 'li', 'td', 'th', 'small', '.badge', 'a', 'svg text']);
    expect(texts.length).toBeGreaterThan(100);
    expect(Math.min(...texts)).toBeGreaterThanOrEqual(4.5);
    const lines = await tab.evaluate(contrasts, ['svg path[stroke^="var(--c"]']);
    expect(lines.length).toBeGreaterThan(10);
    expect(Math.min(...lines)).toBeGreaterThanOrEqual(3);
  });
});
