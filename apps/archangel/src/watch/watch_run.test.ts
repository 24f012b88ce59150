import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { findBrowser, launchBrowser, noBrowser } from '../../test/find_browser';
import { runTrain } from '../commands/train';

test.skipIf(!findBrowser())(`a real run in Chromium (${noBrowser}), from its first step to its figures`, async () => {
  const browser = await launchBrowser();
  const tab = await browser.newPage();
  const complaints: string[] = [];
  tab.on('pageerror', (error) => complaints.push(String(error)));
  tab.on('console', (message) => complaints.push(message.text()));
  const text = (selector: string) => tab.locator(selector).textContent();
  const folder = await mkdtemp(join(tmpdir(), 'watch-'));
  const lines = Array.from({ length: 60 }, (_, i) =>
    JSON.stringify({ prompt: `Say ${i % 20}`, response: i % 2 ? `It is ${i}.` : 'No.', desirable: i % 2 === 1 }),
  );
  await writeFile(join(folder, 'thumbs.jsonl'), lines.join('\n'));
  const opened = new Promise<void>((resolve, reject) => {
    vi.spyOn(console, 'log').mockImplementation((line: string) => {
      const url = /^Watch it at (.*)$/.exec(line)?.[1];
      if (url) tab.goto(url).then(() => resolve(), reject);
    });
  });
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const small = ['--shape.layers', '1', '--shape.width', '16', '--shape.heads', '2', '--batch-size', '8'];
  const out = ['--out', join(folder, 'run'), '--sample-tokens', '8', '--epochs', '3', '--watch'];
  await runTrain(['--method', 'kto', '--data', join(folder, 'thumbs.jsonl'), ...small, ...out]);
  await opened;
  await tab.getByText('area under the ROC curve').waitFor();
  expect(await text('#status')).toMatch(/^KTO step (\d+) of \1, finished/);
  expect(await text('#samples')).toMatch(/Say \d+[\s\S]*before the first step[\s\S]*after step/);
  expect(await tab.locator('#earlier summary').allInnerTexts()).toEqual([expect.stringMatching(/^SFT, \d+ steps$/)]);
  expect(complaints).toEqual([]);
  await browser.close();
  vi.restoreAllMocks();
});
