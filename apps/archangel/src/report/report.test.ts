import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { contrasts } from '../../test/contrasts';
import { findBrowser, launchBrowser, noBrowser } from '../../test/find_browser';
import { hostile, writeRun } from '../../test/run_fixture';
import { chooseBackend } from '../backend';
import { runReport } from '../commands/report';
import { buildReport, type Report } from './build_report';
import { packCards } from './page/pack_cards';
import { reportPage } from './page/report_page';
import { readRun } from './read_run';
import { readingOf, sliceReadings } from './readings';
import type { Figure } from './run_schemas';

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'report-'));
});

async function report(...names: string[]): Promise<Report> {
  await chooseBackend('cpu');
  const problems: string[] = [];
  const read = await Promise.all(names.map((name) => readRun(at(name), (problem) => problems.push(problem))));
  return buildReport(
    read.filter((run) => run !== undefined),
    problems.map((problem) => problem.replaceAll(folder, '')),
    { pairs: 512 },
  );
}

function linesOf(findings: Report['findings']): string {
  return findings.flatMap(({ lines }) => lines).join('\n');
}

/** So many wins, ties and losses. */
const pairs = (wins: number, ties: number, losses: number) => 'w'.repeat(wins) + 't'.repeat(ties) + 'l'.repeat(losses);

describe('what came out', () => {
  test('p-values are exact and corrected for all comparisons; words say no more than they allow', async () => {
    writeRun(at('kto'), { method: 'kto', outcomes: pairs(17, 0, 3) });
    writeRun(at('dpo'), { method: 'dpo', outcomes: pairs(15, 0, 5) });
    const { comparisons, findings } = await report('kto', 'dpo');
    const [kto, dpo, both] = comparisons;
    // 2 (C(20,0) + C(20,1) + C(20,2) + C(20,3)) / 2^20, and with C(20,4) and C(20,5).
    expect(kto).toMatchObject({ of: 'kto', against: 'target' });
    expect(kto?.pValue).toBeCloseTo((2 * 1351) / 2 ** 20, 12);
    expect(dpo?.pValue).toBeCloseTo((2 * 21_700) / 2 ** 20, 12);
    expect(both).toMatchObject({ kind: 'paired', of: 'kto', against: 'dpo' });
    expect(both?.estimate).toMatchObject({ value: 2 / 20, n: 20 });
    // Holm: the smallest three times, the next twice.
    expect(kto?.corrected).toBeCloseTo(3 * (kto?.pValue as number), 12);
    expect(dpo?.corrected).toBeCloseTo(2 * (dpo?.pValue as number), 12);
    expect(findings[0]?.lines).toEqual([
      "Of 3 comparisons, 1 is significant at 5 % after Holm's correction for all of them; 2 are not. " +
        '1 of these would pass for significant alone, and does not among so many.',
      'kto beats the target, by tester: kto wins 85.0 % [64.0, 94.8] of 20 pairs, ties half (p = 0.008 after correction).',
      'No significant difference between dpo and the target, by tester: dpo wins 75.0 % [53.1, 88.8] of 20 pairs, ties half (p = 0.083 after correction).',
      expect.stringMatching(
        /^No significant difference between kto and dpo, by tester, both against the target: kto less dpo is \+10\.0 points \[.*\] on the same 20 prompts \(p = 0\.2\d\d after correction\)\.$/,
      ),
    ]);
  });

  test('few pairs, places, answers that were not parsed, and a judging that was stopped are said', async () => {
    writeRun(at('few'), { method: 'kto', outcomes: 'wwwuu', judge: './mine.ts' });
    writeRun(at('tied'), { method: 'kto', outcomes: pairs(3, 9, 3) });
    rmSync(at('tied', 'kto-judged-target-tester.json'));
    const { findings, judged, problems } = await report('few', 'tied');
    const said = linesOf(findings);
    expect(said).toContain(
      'few and the target, by ./mine.ts: few wins 100.0 % [43.9, 100.0] of 3 pairs, ties half (too few to say).',
    );
    expect(said).toContain('few against the target, by ./mine.ts: 2 of 5 answers of the judge could not be parsed.');
    expect(said).toContain(
      'tied against the target, by tester: in 9 of 15 pairs the judge preferred a place, not an answer.',
    );
    expect(said).toContain('its figures are missing; the 15 pairs there are were counted here');
    expect(judged[1]).toMatchObject({ counts: { win: 3, tie: 9, loss: 3, orderDependent: 9 }, rate: { value: 0.5 } });
    expect(problems).toEqual([expect.stringContaining('kto-judgments-target-tester.jsonl: has no figures beside it')]);
  });

  test('held-out figures read as what their intervals allow, of slices after correction', async () => {
    writeRun(at('kto'), { method: 'kto' });
    const { findings, heldOut } = await report('kto');
    // 0.04 alone, and 0.08 as one of two.
    expect(sliceReadings(heldOut[0]?.slices ?? [])).toEqual([
      ['not distinguishable from chance'],
      ['too few to say'],
      ['not distinguishable from chance'],
      ['unknown'],
    ]);
    expect(readingOf(heldOut[0]?.slices[0]?.figures[0] as Figure)).toBe('better than chance');
    expect(linesOf(findings).split('\n')).toEqual([
      'No answers were judged: nothing here says whether people would prefer them.',
      'kto, on 100 held-out examples: reward accuracy 70.0 % [60.4, 78.1], better than chance; it is better than the rule ' +
        'that the shorter answer wins (+18.0 points [4.0, 32.0]).',
    ]);
  });
});

describe('reading', () => {
  test('what is damaged or missing is said by name, and the rest is there', async () => {
    writeRun(at('a', 'run'), { method: 'kto', outcomes: 'wl' });
    writeRun(at('b', 'run'), { method: 'kto' });
    const line = { id: 'p', set: 's', prompt: 'x\u2028y', candidate: 'c', baseline: 'b', outcome: 'win' };
    const said = { verdict: 'first', said: '' };
    // U+2028 is no end of a line.
    appendFileSync(
      at('a', 'run', 'kto-judgments-target-tester.jsonl'),
      `${JSON.stringify({ ...line, ahead: said, behind: said })}\n{"id": "p3`,
    );
    appendFileSync(at('a', 'run', 'kto-metrics.jsonl'), 'nonsense\n{"step": 51, "loss": null}\n{"loss": 1}\n');
    writeFileSync(at('a', 'run', 'run.json'), '{');
    writeFileSync(at('a', 'run', 'report.json'), JSON.stringify({ figures: 'none', data: { read: 1, kept: 1 } }));
    rmSync(at('b', 'run', 'report.json'));
    writeFileSync(at('b', 'run', 'config.yaml'), '{');
    const { problems, runs, judged, charts, data } = await report('a/run', 'b/run', 'nowhere', '.');
    expect([...problems].sort()).toEqual([
      '/a/run/kto-judgments-target-tester.jsonl: line 4 is damaged, and left out.',
      '/a/run/kto-metrics.jsonl: lines 51 and 53 are damaged, and left out.',
      '/a/run/report.json: "figures" is not what is expected there (Invalid input: expected array, received string); "figures" is left out.',
      '/a/run/run.json: is no whole JSON document; it is left out.',
      '/b/run/config.yaml: is damaged, and left out.',
      '/b/run: the run has not finished, or was stopped: there are no figures on held-out examples, and no counts of its data.',
      '/nowhere: is no folder.',
      ": is no run's folder: it has no config.yaml, no answers and no judgments.",
    ]);
    expect(runs.map(({ label }) => label)).toEqual(['a/run', 'b/run']);
    expect(judged[0]?.pairs).toHaveLength(3);
    expect(charts.methods[0]?.lines.map(({ points }) => points.at(-1)?.[0])).toEqual([50, 50]);
    expect(data).toMatchObject([{ read: 1, kept: 1, changes: [] }]);
  });

  test('long runs are thinned to means, and that is said in the page', async () => {
    writeRun(at('long'), { method: 'kto', steps: 1000 });
    const { charts } = await report('long');
    const loss = charts.methods.find(({ title }) => title === 'loss')?.lines[0];
    expect(loss?.points.length).toBeLessThanOrEqual(300);
    expect(loss).toMatchObject({ stepsAPoint: 4, metric: 'loss' });
    expect(charts.methods.map(({ title }) => title)).toEqual([
      'loss',
      'reward margin',
      'rewards',
      'KL to the reference, nats',
      'gradient norm',
    ]);
    expect(charts.sft[0]?.lines[0]?.points).toHaveLength(3);
  });
});

test('what lies beside: settings that differ, lengths, dropped rows, value functions, published counts', async () => {
  const model = 'hf:huggyllama/llama-7b@main';
  writeRun(at('kto'), { method: 'kto', outcomes: pairs(6, 2, 4), config: { model, sft: { first: false } } });
  writeRun(at('mine'), { method: './mine.ts', config: { seed: 2 } });
  const { settings, lengths, data, values, published } = await report('kto', 'mine');
  expect(settings.differing.map(({ key }) => key)).toEqual(['method', 'seed', 'sft.first', 'model']);
  expect(settings.all).toContainEqual({ key: 'answers.topP', values: ['0.95', ''] });
  expect(lengths?.models[0]).toMatchObject({
    model: 'kto',
    mean: { value: 15.5 },
    summary: { n: 12, max: 21 },
    cut: { value: 0 },
  });
  expect(lengths?.target).toMatchObject({ mean: { value: 20 }, summary: { n: 12 } });
  expect(data).toMatchObject([
    {
      runs: ['kto', 'mine'],
      changes: [
        { what: 'dropped', why: 'an empty reply', rows: 3 },
        { what: 'repaired', why: 'turns joined', rows: 2 },
        { what: 'dropped', why: 'left out of the mixture', rows: 10 },
      ],
    },
  ]);
  expect(values.curves).toMatchObject([{ runs: ['kto'], name: 'logistic' }]);
  expect(values.without).toEqual([{ run: 'mine', why: expect.stringContaining('archangel values --loss ./mine.ts') }]);
  expect(published.methods.map(({ method }) => method)).toEqual(['unaligned', 'sft', 'kto', 'sft+kto']);
  const kto = published.methods.find(({ method }) => method === 'kto');
  // 210 won and 268 lost of 512.
  const llama = kto?.theirs.find(({ model }) => model === 'Llama 7B');
  expect(llama).toMatchObject({ rate: { value: 227 / 512, n: 512 }, sameAs: ['kto'] });
  expect(kto?.theirs.filter(({ sameAs }) => sameAs.length > 0)).toHaveLength(1);
  expect(kto?.ours).toMatchObject([{ model: 'kto', rate: { value: 7 / 12 } }]);
});

test('cards in a page end no element, and come out as they went in', async () => {
  writeRun(at('kto'), { method: 'kto', outcomes: 'wlt' });
  const { cards } = await report('kto');
  const packed = packCards(cards);
  expect(packed).not.toContain('<');
  const { texts, cards: back } = JSON.parse(packed);
  expect(texts[back[0].answers[0].text]).toBe(hostile);
  expect(texts[back[1].answers[0].text]).toMatch(
    /^long x{99995}\n\[900,005 more characters stand in .*kto-judgments-target-tester\.jsonl\]$/,
  );
  expect(back[2]).toMatchObject({ outcome: 'tie', place: true });
});

describe('the command', () => {
  const said: string[] = [];
  beforeEach(() => {
    vi.spyOn(console, 'log').mockImplementation((line: string) => said.push(line));
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test('writes a page, a summary and the numbers', async () => {
    writeRun(at('kto'), { method: 'kto', outcomes: pairs(17, 0, 3) });
    await runReport([at('kto'), '--out', at('out'), '--title', 'First | try']);
    expect(said.join('\n')).toContain('kto beats the target');
    expect((await readdir(at('out'))).sort()).toEqual(['report.html', 'report.json', 'report.md']);
    const json = await readFile(at('out', 'report.json'), 'utf8');
    expect(JSON.parse(json)).toMatchObject({ title: 'First | try', judged: [{ counts: { win: 17 } }], problems: [] });
    expect(json).not.toContain('Answer 5 of the model');
    const markdown = await readFile(at('out', 'report.md'), 'utf8');
    expect(markdown).toContain('# First \\| try');
    expect(markdown).toContain('| kto against target | tester | 85.0 % [64.0, 94.8] | 20 | p = 0.003 |');
  });

  test('a run’s own report is not written over, and what is no run is refused', async () => {
    writeRun(at('kto'), { method: 'kto' });
    const before = await readFile(at('kto', 'report.json'), 'utf8');
    await expect(runReport([at('kto'), '--out', at('kto')])).rejects.toThrow(
      "is a run's folder, whose report.json is its own",
    );
    expect(await readFile(at('kto', 'report.json'), 'utf8')).toBe(before);
    await expect(runReport([at('none')])).rejects.toThrow('none: is no folder.');
    await expect(runReport([])).rejects.toThrow('Say which runs to report');
  });
});

/** A report of two runs, as a file. */
async function pageFile(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'report-page-'));
  const outcomes = `${'w'.repeat(17)}${'l'.repeat(8)}tttu`;
  writeRun(join(folder, 'kto<b>'), { method: 'kto', steps: 600, outcomes });
  writeRun(join(folder, 'dpo'), { method: 'dpo', outcomes: [...outcomes].reverse().join('') });
  await chooseBackend('cpu');
  const problems: string[] = [];
  const runs = await Promise.all(
    ['kto<b>', 'dpo', 'gone'].map((name) => readRun(join(folder, name), (problem) => problems.push(problem))),
  );
  const report = buildReport(
    runs.filter((run) => run !== undefined),
    problems,
    { pairs: 512 },
  );
  const file = join(folder, 'report.html');
  writeFileSync(file, await reportPage(report));
  return file;
}

describe.skipIf(!findBrowser())(`a report in Chromium (${noBrowser})`, () => {
  let browser: Browser;
  let url: string;
  let tab: Page;
  const [complaints, requests]: [string[], string[]] = [[], []];
  // One tab for all of them, in this order: opening a page takes longer than looking at it.
  beforeAll(async () => {
    [browser, url] = [await launchBrowser(), pathToFileURL(await pageFile()).href];
    tab = await browser.newPage({ offline: true, viewport: { width: 1200, height: 900 } });
    tab.on('pageerror', (error) => complaints.push(String(error)));
    tab.on('console', (message) => complaints.push(message.text()));
    tab.on('request', (request) => requests.push(request.url()));
    await tab.goto(url);
  });
  afterAll(() => browser?.close());

  const shown = () => tab.locator('article').count();
  const counted = () => tab.locator('#count').textContent();

  test('it opens offline, loads nothing and complains of nothing', async () => {
    const titles = await tab.locator('h2').allInnerTexts();
    expect(titles).toEqual([
      ...[
        'What came out',
        'Judged answers',
        'Held-out examples',
        'Answers side by side',
        'Lengths of answers',
        'Training',
      ],
      ...['What a reward was worth', 'What was dropped from the data', 'Settings', 'The authors’ published counts'],
    ]);
    expect(await tab.locator('#found').textContent()).toContain('kto<b> less dpo is');
    // A part that is the only one of its kind is left out.
    expect(await tab.locator('#held-out').textContent()).not.toContain('class: missing');
    expect(await tab.locator('#found .note').textContent()).toContain('gone: is no folder.');
    expect(await tab.locator('#curves .charts').first().locator('svg').count()).toBe(5);
    expect(await tab.locator('#curves svg path').count()).toBeGreaterThan(20);
    expect(requests.filter((asked) => asked !== url && !asked.startsWith('data:'))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  test('what a model wrote is text and never runs, however long', async () => {
    const texts = tab.locator('article .sides pre');
    expect((await texts.first().textContent())?.slice(0, 100)).toBe(hostile.slice(0, 100));
    const long = texts.nth(2);
    expect((await long.textContent())?.length).toBe(1502);
    await tab.getByRole('button', { name: 'Show all' }).first().click();
    expect((await long.textContent())?.length).toBeGreaterThan(100_000);
    await tab.getByRole('button', { name: 'Show less' }).click();
    expect((await long.textContent())?.length).toBe(1502);
    expect(await tab.evaluate(() => 'ran' in window)).toBe(false);
    expect(await tab.locator('article img, article script, h1 b').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('answers are filtered by outcome, set, model and words', async () => {
    expect(await counted()).toBe('10 shown of 58.');
    await tab.selectOption('#outcome', 'loss');
    await expect.poll(counted).toBe('10 shown of 16 found, of 58.');
    expect(await tab.locator('article .badge').allInnerTexts()).toEqual(Array(10).fill('lost'));
    await tab.click('#more');
    expect(await shown()).toBe(16);
    await tab.selectOption('#group', { label: 'dpo against target, by tester' });
    await expect.poll(counted).toBe('8 shown of 8 found, of 58.');
    await tab.selectOption('#set', { label: 'shp' });
    await expect.poll(counted).toBe('4 shown of 4 found, of 58.');
    await tab.fill('#words', 'ANSWER 8 OF');
    await expect.poll(counted).toBe('1 shown of 1 found, of 58.');
    expect(await tab.locator('article .prompt').textContent()).toBe('Say 8');
    await tab.locator('article summary').click();
    expect(await tab.locator('article details').textContent()).toContain('dpo first: second\nBecause of 8.');
    await tab.fill('#words', 'nobody said this');
    await expect.poll(counted).toBe('None.');
    await tab.fill('#words', '');
    await tab.selectOption('#outcome', 'place');
    await tab.selectOption('#set', '');
    await expect.poll(counted).toBe('3 shown of 3 found, of 58.');
    await tab.selectOption('#outcome', '');
    await tab.selectOption('#group', '');
    await expect.poll(counted).toBe('10 shown of 58.');
    expect(complaints).toEqual([]);
  });

  test('on a phone nothing is wider than the screen, and letters in charts keep their size', async () => {
    await tab.setViewportSize({ width: 390, height: 800 });
    expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    const box = await tab.locator('#curves svg').first().boundingBox();
    expect(box?.width).toBeGreaterThan(340);
  });

  test.each(['light', 'dark'] as const)('%s: what is to be read stands out, in charts too', async (colorScheme) => {
    await tab.emulateMedia({ colorScheme });
    const texts = await tab.evaluate(contrasts, [
      'p',
      'li',
      'td',
      'th',
      'small',
      'summary',
      'label',
      'button',
      'pre',
      '.badge',
      'a',
      'figcaption',
      'svg text',
    ]);
    const lines = await tab.evaluate(contrasts, ['#curves svg path[stroke^="var(--c"]']);
    expect(texts.length).toBeGreaterThan(200);
    expect(Math.min(...texts)).toBeGreaterThanOrEqual(4.5);
    expect(lines.length).toBeGreaterThan(5);
    expect(Math.min(...lines)).toBeGreaterThanOrEqual(3);
  });

  test('on paper it is light, without the filter, and of the answers the first ten', async () => {
    await tab.click('#more');
    await tab.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await tab.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)');
    expect(await tab.locator('#filter').isVisible()).toBe(false);
    expect(await tab.locator('article:visible').count()).toBe(10);
  });

  test('if markup of a model got in all the same, the page’s policy would stop it', async () => {
    await tab.evaluate(() => {
      document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="window.ran = 1">');
    });
    await expect.poll(() => complaints.join()).toContain('Content Security Policy');
    expect(await tab.evaluate(() => 'ran' in window)).toBe(false);
  });
});
