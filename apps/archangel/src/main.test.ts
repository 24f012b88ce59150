import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { runHere } from '../test/run_here';

const folder = mkdtempSync(join(tmpdir(), 'main-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const row = (i: number, desirable: boolean) => `${JSON.stringify({ prompt: `p${i}`, response: 'r', desirable })}\n`;
const rows = (count: number, desirable = (i: number) => i % 2 === 0) =>
  Array.from({ length: count }, (_, i) => row(i, desirable(i))).join('');
const long = JSON.stringify({ prompt: 'word '.repeat(900), response: 'r', desirable: true });
const gz = gzipSync(rows(3000));

describe('bad input ends in one line that names the place and the fix, and status 1', () => {
  const cases: [string, string[], string][] = [
    [
      'an unknown command',
      ['trian'],
      'Unknown command "trian". There are: demo, data, plan, train, chat, sample, label, judge, report, check, values, world, env, reference, grid.',
    ],
    ['an unknown key', ['train', '--mehtod', 'kto', '--data', 'x'], 'unknown key "mehtod". Did you mean "method"?'],
    [
      'a file that is not there',
      ['train', '--method', 'kto', '--data', 'no.jsonl'],
      'No such file or folder: no.jsonl',
    ],
    [
      'a line that is not JSON',
      ['train', '--method', 'kto', '--data', file('a.jsonl', `${row(1, true)}nope`)],
      'a.jsonl: line 2: is not JSON',
    ],
    [
      'a missing field',
      ['train', '--method', 'kto', '--data', file('b.jsonl', '{"prompt":"p","response":"r"}')],
      'b.jsonl: line 1: has no field "desirable"',
    ],
    ['an empty file', ['train', '--method', 'kto', '--data', file('c.jsonl', '')], 'c.jsonl: holds no rows'],
    [
      'a damaged gzip',
      ['train', '--method', 'kto', '--data', file('d.jsonl.gz', 'plain')],
      'd.jsonl.gz: is not a readable gzip file',
    ],
    [
      'a gzip cut short',
      ['train', '--method', 'kto', '--data', file('e.jsonl.gz', gz.subarray(0, gz.length / 2))],
      'e.jsonl.gz: is cut short',
    ],
    [
      'one class only',
      [
        'train',
        '--method',
        'kto',
        '--data',
        file(
          'f.jsonl',
          rows(2, () => true),
        ),
      ],
      'f.jsonl: all 1 examples are desirable',
    ],
    [
      'a prompt too long',
      [
        'train',
        '--method',
        'kto',
        '--max-prompt-length',
        '64',
        '--max-length',
        '128',
        '--data',
        file('g.jsonl', `${long}\n${rows(20)}`),
      ],
      'longer than maxPromptLength (64 tokens)',
    ],
    [
      'a checkpoint that is none',
      [
        'train',
        '--method',
        'kto',
        '--data',
        file('h.jsonl', rows(20)),
        '--model',
        dirname(fileURLToPath(import.meta.url)),
        '--tokenizer',
        file('t.json', '{}'),
      ],
      't.json: is not a tokenizer',
    ],
  ];

  test.each(cases)('%s', async (_, args, message) => {
    const { status, stderr } = await runHere(...args);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain('    at ');
    expect(status).toBe(1);
  });

  test('--verbose shows where', async () => {
    expect((await runHere('trian', '--verbose')).stderr).toContain('    at ');
  });

  test('as a process too', () => {
    const main = fileURLToPath(new URL('main.ts', import.meta.url));
    const source = ['--conditions=@halokit/source', '--import', 'tsx', main];
    const { status, stderr } = spawnSync(process.execPath, [...source, 'trian'], {
      encoding: 'utf8',
      cwd: dirname(main),
    });
    expect(stderr.trim()).toBe(`[error] ${cases[0]?.[2]}`);
    expect(status).toBe(1);
  });
});

test('help names every key', async () => {
  const { status, stdout } = await runHere('train', '--help');
  expect(status).toBe(0);
  for (const key of ['--method', '--data', '--batch-size', '--sft.first', '--max-prompt-length'])
    expect(stdout).toContain(key);
});
