import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBrowser, launchBrowser, noBrowser } from '../../../test/find_browser';
import { hostile, writeRun } from '../../../test/run_fixture';
import { chooseBackend } from '../../backend';
import { buildReport } from '../build_report';
import { readRun } from '../read_run';
import { reportPage } from './report_page';

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

/** In the page: how much the colours of elements stand out from what is behind them (WCAG 2). */
function contrasts(selectors: string[]): number[] {
  const parse = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour: readonly number[]) =>
    [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
      const c = (colour[i] as number) / 255;
      return sum + weight * (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    }, 0);
  const behind = (element: Element | null): number[] => {
    if (!element) return [255, 255, 255];
    const colour = parse(getComputedStyle(element).backgroundColor);
    return colour.length === 4 && colour[3] === 0 ? behind(element.parentElement) : colour;
  };
  return Array.from(document.querySelectorAll(selectors.join(',')), (element) => {
    const { color, fill, stroke } = getComputedStyle(element);
    const shown = element.tagName === 'text' ? fill : element.tagName === 'path' ? stroke : color;
    const [a, b] = [luminance(parse(shown)), luminance(behind(element))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  });
}
