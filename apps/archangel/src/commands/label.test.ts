import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFeedback, Tally } from '@halokit/data';
import { readRows } from '@halokit/data/node';
import { type Completion, promptId } from '@halokit/evaluation';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { answeringRun } from '../../test/answering_run';
import { runHere } from '../../test/run_here';
import { openRewardModel } from '../judges/reward_judge';

const folder = mkdtempSync(join(tmpdir(), 'label-'));
const at = (name: string) => join(folder, name);

/** What the labelling functions were asked, and what they do at their nth question. */
const hooks = globalThis as { asked?: string[]; onAsked?: (n: number) => void };
beforeEach(() => {
  Object.assign(hooks, { asked: [], onAsked: undefined });
});

/** Answers to prompts, by their first letter; `-` is a target. */
async function answers(name: string, rows: Readonly<Record<string, string>>): Promise<string> {
  const completions = Object.entries(rows).map(async ([content, response]): Promise<Completion> => {
    const prompt = [{ role: 'user', content }] as const;
    const kept = { id: await promptId(prompt), set: 'here', prompt, response, tokens: 3, finished: true };
    return content.startsWith('-') ? kept : { ...kept, target: 'tttt', targetTokens: 2 };
  });
  const lines = (await Promise.all(completions)).map((completion) => `${JSON.stringify(completion)}\n`);
  writeFileSync(at(name), lines.join(''));
  return at(name);
}

let first: string;
let second: string;
beforeAll(async () => {
  first = await answers('first.jsonl', { p: 'aa', q: 'aaaaaa', r: 'a', '-s': 'aaa' });
  second = await answers('second.jsonl', { p: 'bbb', q: 'b', r: 'a', t: ' ' });
  const asked = 'globalThis.asked.push(text); globalThis.onAsked?.(globalThis.asked.length);';
  const score = `export const score = ({ turns, response }) => { const text = turns[0].content + response; ${asked} return response.length; };\n`;
  const judge = `export default ({ prompt, first, second }) => { const text = prompt + first + second; ${asked}
    return first.length > second.length ? 'first' : first.length < second.length ? 'second' : 'tie'; };\n`;
  writeFileSync(at('length.js'), score);
  writeFileSync(at('longer.js'), judge);
  await answeringRun(at('rm'), { method: 'bradleyTerry', maxLength: 64, maxPromptLength: 32 }, ['bradleyTerry', 'sft']);
});
afterAll(() => rmSync(folder, { recursive: true }));

const label = (by: string, as: string, out: string, files: readonly string[], ...more: string[]) =>
  runHere('label', ...files, '--by', at(by), '--as', as, '--out', at(out), '--backend', 'cpu', ...more);

/** The file as training reads it. */
async function read(name: string) {
  const tally = new Tally();
  const { kind, examples } = await readFeedback(readRows(at(name)), tally);
  expect(tally.counts().dropped).toEqual({});
  return { kind, examples: examples.map(({ source: _, line: __, prompt, ...rest }) => [prompt[0]?.content, rest]) };
}

test('scores make pairs of answers to one prompt, and say what became of each', async () => {
  const { status, stdout } = await label('length.js', 'pairs', 'pairs.jsonl', [first, second]);
  expect(status).toBe(0);
  expect(stdout).toContain(
    'Answers: 8 read, 6 to label: dropped 1 (the same as another answer to its prompt), dropped 1 (empty)',
  );
  expect(stdout).toContain('2 of 4 prompts labelled: dropped 2 (the only response of its prompt)');
  expect(stdout).toContain(`2 pairs. Train on them: archangel train --method dpo --data ${at('pairs.jsonl')}`);
  expect(await read('pairs.jsonl')).toEqual({
    kind: 'preferences',
    examples: [
      ['p', { chosen: 'bbb', rejected: 'aa', margin: 1 }],
      ['q', { chosen: 'aaaaaa', rejected: 'b', margin: 5 }],
    ],
  });
  const low = await label('length.js', 'pairs', 'low.jsonl', [first, second], '--desirable', 'low', '--margin', '2');
  expect(low.stdout).toContain('closer than the margin');
  expect((await read('low.jsonl')).examples).toEqual([['q', { chosen: 'b', rejected: 'aaaaaa', margin: 5 }]]);
  expect(JSON.parse(readFileSync(at('low.json'), 'utf8'))).toMatchObject({
    by: at('length.js'),
    margin: 2,
    counted: 'prompts',
  });
});

test('scores make thumbs by a threshold, or against the target', async () => {
  const { stdout } = await label(
    'length.js',
    'thumbs',
    'thumbs.jsonl',
    [first],
    '--threshold',
    '2',
    '--at-threshold',
    'drop',
  );
  expect(stdout).toContain('dropped 1 (at the threshold)');
  expect(stdout).toContain('3 thumbs, 2 up and 1 down');
  const [line] = readFileSync(at('thumbs.jsonl'), 'utf8').split('\n');
  expect(JSON.parse(line as string)).toMatchObject({ response: 'aaaaaa', desirable: true, score: 6 });
  expect(await read('thumbs.jsonl')).toEqual({
    kind: 'binary',
    examples: [
      ['q', { response: 'aaaaaa', desirable: true }],
      ['r', { response: 'a', desirable: false }],
      ['-s', { response: 'aaa', desirable: true }],
    ],
  });
  const against = await label('length.js', 'thumbs', 'against.jsonl', [first], '--against', 'target');
  expect(against.stdout).toContain('3 of 4 comparisons labelled: dropped 1 (nothing to compare with)');
  expect((await read('against.jsonl')).examples).toEqual([
    ['p', { response: 'aa', desirable: false }],
    ['q', { response: 'aaaaaa', desirable: true }],
    ['r', { response: 'a', desirable: false }],
  ]);
});

test('a judge is asked in both orders, among answers or against another model’s; ties are dropped', async () => {
  await label('longer.js', 'pairs', 'judged.jsonl', [first, second], '--concurrency', '1');
  expect(hooks.asked).toEqual(['paabbb', 'pbbbaa', 'qaaaaaab', 'qbaaaaaa']);
  expect((await read('judged.jsonl')).examples).toEqual([
    ['p', { chosen: 'bbb', rejected: 'aa' }],
    ['q', { chosen: 'aaaaaa', rejected: 'b' }],
  ]);
  const { stdout } = await label('longer.js', 'thumbs', 'theirs.jsonl', [first], '--against', second);
  expect(stdout).toContain('dropped 1 (the same as what it is compared with), dropped 1 (nothing to compare with)');
  expect((await read('theirs.jsonl')).examples).toEqual([
    ['p', { response: 'aa', desirable: false }],
    ['q', { response: 'aaaaaa', desirable: true }],
  ]);
});

test.each([
  // A score that is under way when it is stopped is lost; a verdict is awaited.
  ['length.js', 1],
  ['longer.js', 0],
])('%s that is stopped goes on, and %i is asked twice', async (by, twice) => {
  const out = `stopped-${by}.jsonl`;
  const run = () => label(by, 'pairs', out, [first, second], '--concurrency', '1');
  hooks.onAsked = (n) => {
    if (n === 2) process.emit('SIGINT');
  };
  const { status, stderr } = await run();
  expect([status, existsSync(at(out))]).toEqual([130, false]);
  expect(stderr).toContain('Stopped. Go on with: archangel label');
  process.exitCode = undefined;
  expect((await run()).status).toBe(0);
  const asked = hooks.asked ?? [];
  expect(asked.length - new Set(asked).size).toBe(twice);
  expect((await read(out)).examples).toHaveLength(2);
});

test('a reward model labels by its scores, whichever way it is asked', async () => {
  const { status, stdout } = await label('rm', 'pairs', 'rewarded.jsonl', [first, second]);
  expect(status).toBe(0);
  expect(stdout).toContain(`Labelled by the reward model ${at('rm')}`);
  const { examples } = await read('rewarded.jsonl');
  expect(examples).toHaveLength(2);
  await label('rm', 'thumbs', 'against-second.jsonl', [first], '--against', second);
  const thumbs = (await read('against-second.jsonl')).examples as [string, { response: string; desirable: boolean }][];
  // The same two answers to p: which one wins is the same.
  const [, pair] = examples[0] as [string, { chosen: string }];
  expect(thumbs[0]?.[1].desirable).toBe(pair.chosen === 'aa');
  // An answer that says nothing can be judged.
  const model = await openRewardModel(at('rm'), { offline: true });
  const scores = await model.score(['', 'aa'].map((response) => ({ prompt: 'p', response })));
  expect(scores.every(Number.isFinite) && scores[0] !== scores[1]).toBe(true);
  model.close();
});

test.each([
  [['--by', 'length.js', '--as', 'pairs', '--out', 'x.jsonl'], [], 'Say which answers to label'],
  [['--by', 'length.js', '--as', 'pairs', '--out', 'x.txt'], ['first.jsonl'], 'is to end in .jsonl'],
  [['--by', 'length.js', '--as', 'pairs', '--out', 'first.jsonl'], ['first.jsonl'], 'is there already'],
  [
    ['--by', 'longer.js', '--as', 'thumbs', '--out', 'x.jsonl'],
    ['first.jsonl'],
    'a thumb needs something to compare with',
  ],
  [['--by', 'first.js', '--as', 'pairs', '--out', 'x.jsonl'], ['first.jsonl'], 'there is no such file'],
  [
    ['--by', 'rm/sft', '--as', 'pairs', '--out', 'x.jsonl'],
    ['first.jsonl'],
    'has no reward head, so it scores nothing',
  ],
  [['--by', 'length.js', '--as', 'pairs', '--out', 'x.jsonl'], ['first.jsonl'], 'nothing could be labelled'],
])('%j %j is an error of one line', async (flags, files, message) => {
  const place = (word: string) => (/[./]/.test(word) ? at(word) : word);
  const { status, stderr } = await runHere('label', ...files.map(at), ...flags.map(place), '--backend', 'cpu');
  expect(stderr).toContain(message);
  expect(status).toBe(1);
  expect(existsSync(at('x.jsonl'))).toBe(false);
});
