import { request } from 'node:http';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findBrowser, launchBrowser, noBrowser } from '../../test/find_browser';
import { type ServedPage, servePage } from './serve_page';
import { showAnswers, watchStage } from './watch_stage';
import { WatchedRun } from './watched_run';

const hostile = '</pre><script>window.ran = 1</script><img src=x onerror="window.ran = 1">&amp;';
const none = { metrics: '/nowhere', samples: '/nowhere' };

function metrics(step: number) {
  const margin = step / 50;
  return {
    ...{ loss: 0.5 - step / 500, kl: step / 10, 'kl/std': 1, grad_norm: 2, tokens_per_second: 800 + step },
    ...{ 'rewards/chosen': margin, 'rewards/rejected': -margin, 'rewards/margins': 2 * margin },
  };
}

let run: WatchedRun;
let page: ServedPage;
beforeEach(async () => {
  run = new WatchedRun('runs/kto-thumbs');
  page = await servePage(run);
});
afterEach(async () => {
  await page.close();
});

/** A stage of 100 steps, 60 of which are made. */
function trained() {
  const stage = watchStage({ run, page }, 'KTO', none);
  stage.begin?.(100, 0);
  showAnswers({ run, page }, 0, [{ prompt: 'Say 1', response: 'Before.', finished: true }]);
  for (let step = 1; step <= 60; step++)
    stage.onStep?.({ step, steps: 100, epoch: 0, metrics: metrics(step) } as never);
  showAnswers({ run, page }, 60, [{ prompt: 'Say 1', response: hostile, finished: false }]);
  return stage;
}

describe('the server', () => {
  test('is reached under this machine’s names alone, and only looked at', async () => {
    const status = (host: string, method = 'GET', path = '/') =>
      new Promise((resolve, reject) => {
        const asked = request(page.url, { method, path, headers: { host } }, ({ statusCode }) => resolve(statusCode));
        asked.on('error', reject).end();
      });
    const { port } = new URL(page.url);
    expect(await status(`127.0.0.1:${port}`)).toBe(200);
    expect(await status('localhost:9999')).toBe(200);
    expect(await status(`evil.example:${port}`)).toBe(403);
    expect(await status('127.0.0.1.evil.example')).toBe(403);
    expect(await status('localhost', 'POST')).toBe(405);
    expect(await status('localhost', 'GET', '/other')).toBe(404);
    expect(await status('localhost', 'GET', '//')).toBe(404);
  });

  test('a port that is taken is an error where it was asked for, else another is taken', async () => {
    const { port } = new URL(page.url);
    await expect(servePage(run, Number(port))).rejects.toThrow(`watch: port ${port} is taken`);
    const [first, second] = [await servePage(run), await servePage(run)];
    expect(second.url).not.toBe(first.url);
    await Promise.all([first.close(), second.close()]);
  });

  test('what a model wrote is text in the page itself', async () => {
    trained();
    const html = await (await fetch(page.url)).text();
    expect(html).toContain('&lt;script&gt;window.ran = 1&lt;/script&gt;');
    expect(html.match(/<script>/g)).toHaveLength(1);
  });
});

describe.skipIf(!findBrowser())(`in Chromium (${noBrowser})`, () => {
  let browser: Browser;
  let tab: Page;
  let complaints: string[] = [];
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    complaints = [];
    tab = await browser.newPage();
    tab.on('pageerror', (error) => complaints.push(String(error)));
    tab.on('console', (message) => complaints.push(message.text()));
  });
  afterEach(() => tab.close());

  const text = (selector: string) => tab.locator(selector).textContent();

  test('the page shows where a run stands, and follows it; after a reload too', async () => {
    await tab.goto(page.url);
    await tab.getByText('Getting ready.').waitFor();
    const stage = trained();
    await tab.getByText('step 60 of 100').waitFor();
    const titles = await tab.locator('#curves figcaption b').allInnerTexts();
    expect(titles).toEqual([
      ...['loss', 'reward margin', 'rewards', 'KL to the reference, nats', 'gradient norm', 'tokens per second'],
    ]);
    expect(await tab.locator('#curves svg').first().getAttribute('aria-label')).toBe('loss at step 60: 0.38');
    await tab.reload();
    expect(await text('#status')).toMatch(/^KTO step 60 of 100, .*left/);

    stage.onStep?.({ step: 61, steps: 100, epoch: 0, metrics: metrics(61) } as never);
    await tab.getByText('step 61 of 100').waitFor();
    run.notes.push('Step 61: something is odd.');
    page.changed();
    await tab.getByText('something is odd').waitFor();
    expect(complaints).toEqual([]);
  });

  test('a model’s answer is shown and never runs', async () => {
    await tab.goto(page.url);
    trained();
    await tab.getByText('after step 60').waitFor();
    expect(await text('#samples')).toContain(hostile);
    expect(await text('#samples')).toContain('Before.');
    await tab.reload();
    expect(await text('#samples')).toContain(hostile);
    expect(await tab.evaluate(() => 'ran' in window)).toBe(false);
    // And if such a thing got in as markup, the page's policy would stop it.
    await tab.evaluate(() => {
      document.body.insertAdjacentHTML('beforeend', '<img src="x" onerror="window.ran = 1">');
    });
    await tab.waitForTimeout(100);
    expect(await tab.evaluate(() => 'ran' in window)).toBe(false);
    expect(complaints.join()).toContain('Content Security Policy');
  });

  test('it fits a phone, and is dark where dark is wished for', async () => {
    trained();
    for (const [colorScheme, paper] of [
      ['light', 'rgb(255, 255, 255)'],
      ['dark', 'rgb(22, 24, 29)'],
    ] as const) {
      await tab.emulateMedia({ colorScheme });
      await tab.setViewportSize({ width: 360, height: 740 });
      await tab.goto(page.url);
      const wide = await tab.evaluate(() => document.documentElement.scrollWidth);
      expect(wide).toBeLessThanOrEqual(360);
      const background = await tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
      expect(background).toBe(paper);
    }
    // A chart is as wide as the phone, so its letters are of their full size.
    const box = await tab.locator('#curves svg').first().boundingBox();
    expect(box?.width).toBeGreaterThan(320);
  });

  test('a run that ends says how, and stays on the screen; one that goes on is waited for', async () => {
    await tab.goto(page.url);
    trained().end?.(true);
    await tab.getByText('KTO step 60 of 100, finished').waitFor();
    const { port } = new URL(page.url);
    await page.close();
    await tab.getByText('Not connected').waitFor();
    page = await servePage(run, Number(port));
    await tab.getByText('Not connected').waitFor({ state: 'hidden' });
    run.ending = 'reward accuracy 0.9';
    await page.close();
    await tab.getByText('reward accuracy 0.9').waitFor();
    await tab.waitForTimeout(500);
    expect(await tab.locator('#connection').isVisible()).toBe(false);
  });
});
