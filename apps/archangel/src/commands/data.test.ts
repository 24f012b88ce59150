import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { trainTokenizer } from '@halokit/data';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { realData, withoutRealData } from '../../test/real_data';
import { runData } from './data';

let folder: string;
let said: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'data-'));
  said = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => said.push(line));
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function file(name: string, rows: readonly object[] | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof rows === 'string' ? rows : rows.map((row) => JSON.stringify(row)).join('\n'));
  return path;
}

const thumb = (i: number) => ({ prompt: `Say ${i % 10}`, response: `It is ${i}.`, desirable: i % 4 === 0 });
const thumbs = (count = 40) =>
  file(
    'thumbs.jsonl',
    Array.from({ length: count }, (_, i) => thumb(i)),
  );

describe('data', () => {
  test('counts by set, class and side; classes and the weights they suggest', async () => {
    const path = await thumbs();
    const report = await runData([path, '--held-out', '0.2']);
    const train = report.sets.reduce((sum, row) => sum + row.train, 0);
    const heldOut = report.sets.reduce((sum, row) => sum + row.heldOut, 0);
    expect([train, heldOut, report.prompts]).toEqual([32, 8, { train: 8, heldOut: 2 }]);
    const { desirable, undesirable, weights } = report.classes;
    expect(desirable + undesirable).toBe(32);
    expect(weights?.desirableWeight).toBeCloseTo(undesirable / desirable, 6);
    const text = said.join('\n');
    for (const words of ['thumbs.jsonl: 40 rows read, 40 kept', 'Prompts: 8 to train on, 2 held out, none in both.'])
      expect(text).toContain(words);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  test('in a pipe, what is trained on stands in brackets with its end token', async () => {
    await runData([await thumbs(), '--examples', '2']);
    expect(said.join('\n').match(/⟦It is \d+\.<\|endoftext\|>⟧/g)).toHaveLength(2);
    expect(said.join('\n')).not.toContain('\u001b');
  });

  test('on a terminal in 80 columns: the prompt dim, the response bright', async () => {
    const { isTTY, columns } = process.stdout;
    Object.assign(process.stdout, { isTTY: true, columns: 80 });
    vi.stubEnv('NO_COLOR', '');
    try {
      await runData([await thumbs(), '--examples', '1']);
    } finally {
      Object.assign(process.stdout, { isTTY, columns });
      vi.unstubAllEnvs();
    }
    const text = said.join('\n');
    expect(text).toContain('\u001b[2mSay ');
    expect(text).toContain('.\u001b[0m\u001b[7m<|endoftext|>\u001b[0m');
    for (const line of stripVTControlCharacters(text).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('--json is one document, the same for the same seed', async () => {
    const path = await thumbs();
    const json = async (...more: string[]) => {
      said = [];
      await runData(['--json', path, ...more]);
      expect(said).toHaveLength(1);
      return said[0] as string;
    };
    const first = await json('--rows', '30');
    expect(JSON.parse(first)).toMatchObject({
      kind: 'binary',
      counts: { read: 40, kept: 40 },
      tokenizer: { name: 'trained on the data', format: 'tulu' },
      limits: { maxLength: 1024, rowsCut: 0 },
      suggested: { maxLength: 128, maxPromptLength: 64 },
    });
    expect(await json('--rows', '30')).toBe(first);
    expect(await json('--rows', '30', '--seed', '2')).not.toBe(first);
  });

  test('drops, repairs and guessed columns are said, and columns can be named', async () => {
    const rows = Array.from({ length: 12 }, (_, i) => `"Why ${i}?","Because ${i}.",${i % 2 ? 'up' : 'down'},u${i}`);
    const path = await file('log.csv', ['question,reply,mood,who', ...rows, '"Why not?","",up,u'].join('\n'));
    const report = await runData([path, '--columns.label', 'mood']);
    expect(report.counts).toMatchObject({ read: 13, kept: 12, dropped: { 'empty response': 1 } });
    expect(report.sources[0]?.notes[0]).toContain('"question" as prompt');
    const named = ['--columns.label', 'mood', '--columns.prompt', 'question', '--columns.response', 'reply'];
    expect((await runData([path, ...named])).sources[0]?.notes).toEqual([]);
    expect(said.join('\n')).toMatch(/dropped +1 {2}empty response/);
  });

  test('limits: what is cut, where train would stop, and what would suit', async () => {
    const words = (count: number) => Array.from({ length: count }, (_, i) => `w${i}`).join(' ');
    const turns = [
      { role: 'user', content: words(200) },
      { role: 'assistant', content: 'Yes.' },
      { role: 'user', content: 'Go on.' },
    ];
    const rows = [
      ...Array.from({ length: 20 }, (_, i) => thumb(i)),
      { prompt: turns, response: 'Fine.', desirable: true },
      { prompt: words(200), response: 'No.', desirable: false },
      { prompt: 'Count.', response: words(300), desirable: false },
    ];
    const path = await file('long.jsonl', rows);
    const { limits, suggested, lengths } = await runData([path, '--max-length', '300', '--max-prompt-length', '100']);
    expect(limits).toMatchObject({ promptsLonger: 2, rowsCut: 1, lastTurnTooLong: 1 });
    expect(said.join('\n')).toContain('1 prompt has a last turn that alone is longer: train stops there');
    expect(suggested.maxLength % 64).toBe(0);
    expect(suggested.maxLength).toBeGreaterThanOrEqual(lengths.row?.p99 as number);
    expect(suggested.maxLength).toBeGreaterThan(suggested.maxPromptLength);
  });

  test('mixtures with weights and caps, folders, scores; and what thins them out', async () => {
    await mkdir(join(folder, 'logs'));
    const scored = Array.from({ length: 30 }, (_, i) => ({ prompt: `p${i >> 1}`, response: `r${i}`, score: i % 2 }));
    await file('logs/a.jsonl', scored);
    const pairs = Array.from({ length: 20 }, (_, i) => ({ prompt: `q${i}`, chosen: 'yes', rejected: 'no' }));
    const other = await file('pairs.jsonl', pairs);
    const rated = ['--rated.as', 'pairs'];
    const mixed = await runData([`${join(folder, 'logs')}+${other}*0.5#6`, ...rated]);
    expect(mixed.kind).toBe('preferences');
    expect(mixed.sources.map(({ taken }) => taken)).toEqual([15, 6]);
    expect(mixed.sets.map((row) => row.train + row.heldOut)).toEqual([15, 6]);
    // Lines are folded, where depends on how long the folder's name is.
    expect(said.join('\n').replaceAll(/\s+/g, ' ')).toContain('weight 0.5, cap 6: 6 taken of 20 examples');
    const thin = await runData([other, '--keep-desirable', '0.5']);
    expect(thin.classes).toMatchObject({ desirable: 9, undesirable: 18 });
    const one = await runData([other, '--one-per-prompt']);
    expect(one.classes).toMatchObject({ desirable: 9, undesirable: 9 });
    expect(one.steps[0]?.counts.dropped).toEqual({ 'another response of its prompt was drawn': 18 });
    await expect(runData([join(folder, 'logs')])).rejects.toThrow('say what they become, pairs or thumbs');
  });

  test('the chat template of a tokenizer, which has to have one', async () => {
    await expect(runData([await thumbs(), '--format', 'chat-template'])).rejects.toThrow(
      'chat-template is the template in a tokenizer_config.json',
    );
  });

  test('--html is a page that stands alone, whatever the data hold', async () => {
    const html = join(folder, 'pages', 'look.html');
    const rows = Array.from({ length: 12 }, (_, i) => ({ ...thumb(i), response: '<script>alert(1)</script>' }));
    await runData([await file('x.jsonl', rows), '--html', html]);
    const page = await readFile(html, 'utf8');
    expect(page.match(/<svg/g)).toHaveLength(2);
    expect(page).toContain('&lt;script&gt;alert(1)');
    expect(page).not.toContain('<script');
    expect(page).not.toMatch(/(src|href)="?http|url\(['"]?http|@import/);
    await expect(runData([await thumbs(), '--html', 'x.png'])).rejects.toThrow('html: x.png is to end in .html.');
  });

  test('a stream counts the same, and refuses what needs all examples at once', async () => {
    const tokenizer = join(folder, 'tokenizer.json');
    await writeFile(tokenizer, JSON.stringify(trainTokenizer(['Say It is.'], 300, ['<|endoftext|>'])));
    const other = await file('pairs.jsonl', [{ prompt: 'q', chosen: 'yes', rejected: 'no' }]);
    const args = [`${await thumbs()}+${other}`, '--tokenizer', tokenizer];
    const [whole, streamed] = [await runData(args), await runData([...args, '--stream', '--examples', '2'])];
    const { counts, lengths, suggested } = whole;
    expect(streamed).toMatchObject({ kind: 'binary', counts, lengths, suggested });
    expect(streamed.sets.reduce((sum, row) => sum + row.train + row.heldOut, 0)).toBe(42);
    expect(said.join('\n')).toContain('read as a stream, they are not counted');
    await expect(runData([...args, '--stream', '--rows', '3'])).rejects.toThrow('stream: --rows needs all examples');
    await expect(runData([other, '--stream'])).rejects.toThrow('stream: a tokenizer trained on the data');
    await expect(runData([`${other}*2`, ...args.slice(1), '--stream'])).rejects.toThrow('a weight or a cap');
  });

  test('what is not understood is said', async () => {
    await expect(runData([])).rejects.toThrow('Say what to look at');
    await expect(runData(['a.jsonl', 'b.jsonl'])).rejects.toThrow('joined by +: a.jsonl+b.jsonl');
    await expect(runData(['a.jsonl', '--example', '3'])).rejects.toThrow('Did you mean "examples"?');
    await expect(runData(['xx:a.jsonl'])).rejects.toThrow('"xx:" names no known set');
    vi.stubEnv('XDG_CACHE_HOME', folder);
    await expect(runData(['hf:owner/name', '--offline'])).rejects.toThrow('the network is not to be asked');
    vi.unstubAllEnvs();
  });

  test.skipIf(withoutRealData)('real HH and OASST rows as a mixture (needs HALOKIT_TEST_DATA)', async () => {
    const hh = `hh:${realData('hh-rlhf/harmless-base-test.jsonl.gz')}`;
    const oasst = `oasst:${realData('oasst1/en-validation.messages.jsonl.gz')}`;
    const tokenizer = ['--tokenizer', realData('tokenizers/gpt-neox-20b')];
    const report = await runData([`${hh}#300+${oasst}`, ...tokenizer]);
    expect(report.sources.map(({ counts }) => counts.read)).toEqual([1982, 1774]);
    expect(report.sets.map(({ set }) => set)).toEqual(['hh-harmless', 'oasst']);
    expect(report.sets[0]?.train).toBeGreaterThan(250);
    const whole = await runData([`${hh}+${oasst}`, ...tokenizer]);
    const streamed = await runData(['--stream', `${hh}+${oasst}`, ...tokenizer]);
    expect(streamed).toMatchObject({ counts: whole.counts, lengths: whole.lengths, limits: whole.limits });
    expect(streamed.sources.map(({ held }) => held)).toEqual(whole.sources.map(({ held }) => held));
    const share = streamed.sets.map(({ train, heldOut }) => heldOut / (train + heldOut));
    for (const part of share) expect(part).toBeCloseTo(0.1, 1);
    const { prompt, chosen } = report.lengths;
    expect(prompt?.median).toBeGreaterThan(50);
    expect(chosen?.n).toBe(report.sets.reduce((sum, row) => sum + row.train + row.heldOut, 0));
  });
});
