import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Completion } from '@halokit/evaluation';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answeringRun, pairsFile } from '../../test/answering_run';
import { runHere } from '../../test/run_here';

const folder = mkdtempSync(join(tmpdir(), 'sample-'));
const at = (...path: string[]) => join(folder, ...path);
const few = ['--max-new-tokens', '4', '--backend', 'cpu'];

beforeAll(async () => {
  const data = [pairsFile(at('a.jsonl'), 'a', 30), pairsFile(at('b.jsonl'), 'b', 10)].join('+');
  await answeringRun(at('run'), { method: 'kto', data, seed: 1, heldOut: 0.5 }, ['sft', 'kto']);
  await answeringRun(at('other'), { method: 'csft', data, seed: 1, heldOut: 0.5, onePerPrompt: true }, ['csft']);
  await answeringRun(at('seed2'), { method: 'kto', data, seed: 2, heldOut: 0.5 }, ['kto']);
  await answeringRun(at('demo'), { seed: 1 }, ['kto']);
});
afterAll(() => rmSync(folder, { recursive: true }));

const sample = (...args: string[]) => runHere('sample', ...args, ...few);
const text = (...path: string[]) => readFileSync(at(...path), 'utf8');
const lines = (...path: string[]): Completion[] =>
  text(...path)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('runs are asked the same held-out prompts, each in its way; the sets have their shares', async () => {
  const { status, stdout, stderr } = await sample(at('run'), at('other'), '--sft', 'false', '--prompts', '12');
  expect([status, stderr.includes('ERROR')]).toEqual([0, false]);
  expect(stdout).toContain('All 2 models are asked the same ones, in the same order.');
  const [kto, csft] = [lines('run', 'kto-completions.jsonl'), lines('other', 'csft-completions.jsonl')];
  expect(kto).toHaveLength(12);
  expect(new Set(kto.map(({ id }) => id)).size).toBe(12);
  expect(csft.map(({ id }) => id)).toEqual(kto.map(({ id }) => id));
  expect(csft.map(({ response }) => response)).not.toEqual(kto.map(({ response }) => response));
  for (const { prompt, target, targetTokens, tokens, response, finished } of kto) {
    expect(target).toBe(`It is ${prompt[0]?.content.split(/[ ?]/)[1]}.`);
    expect(targetTokens).toBeGreaterThan(2);
    expect(tokens <= 4 && (finished || tokens === 4) && typeof response === 'string').toBe(true);
  }
  const info = JSON.parse(text('run', 'kto-completions.json'));
  expect(info).toMatchObject({
    ...{ model: at('run', 'kto'), method: 'kto', run: at('run') },
    settings: { prompts: 12, temperature: 1, topP: 0.95, maxNewTokens: 4, seed: 1 },
  });
  expect(info.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  expect(info.settings).not.toHaveProperty('controlToken');
  expect(JSON.parse(text('other', 'csft-completions.json')).settings.controlToken).toBe('<|good|>');
  await sample(at('other'), '--control', 'none', '--prompts', '12', '--out', at('plain'));
  const plain = lines('plain', 'csft-completions.jsonl');
  expect(plain.map(({ response }) => response)).not.toEqual(csft.map(({ response }) => response));
  const held = kto.map(({ set }) => set.slice(-7));
  const said = /by set, in its share of all prompts: .*a\.jsonl (\d+), .*b\.jsonl (\d+)/.exec(
    stdout,
  ) as RegExpExecArray;
  expect([Number(said[1]), Number(said[2])]).toEqual(
    ['a.jsonl', 'b.jsonl'].map((name) => held.filter((set) => set === name).length),
  );
});

test('answers that were stopped anywhere go on to the same bytes, and a longer list begins with a shorter one', async () => {
  const draw = (out: string, ...more: string[]) => sample(at('run'), '--out', at(out), '--rows-at-once', '4', ...more);
  await draw('whole', '--prompts', '14');
  const whole = text('whole', 'kto-completions.jsonl');
  // What is drawn for a prompt is told by its place among all.
  await sample(at('run'), '--out', at('at-once'), '--prompts', '14');
  expect(text('at-once', 'kto-completions.jsonl')).toBe(whole);
  await draw('parts', '--prompts', '6');
  const short = lines('parts', 'kto-completions.jsonl');
  expect(short.map(({ id }) => id)).toEqual(
    lines('whole', 'kto-completions.jsonl')
      .slice(0, 6)
      .map(({ id }) => id),
  );
  await draw('parts', '--prompts', '14');
  expect(text('parts', 'kto-completions.jsonl')).toBe(whole);
  // In the middle of a line of the third chunk, behind which nothing was written.
  const at9 = whole.split('\n').slice(0, 9).join('\n').length + 20;
  truncateSync(at('parts', 'kto-completions.jsonl'), at9);
  await draw('parts', '--prompts', '14');
  expect(text('parts', 'kto-completions.jsonl')).toBe(whole);
  expect(JSON.parse(text('parts', 'kto-completions.json')).settings.prompts).toBe(14);

  const { status, stderr } = await draw('parts', '--temperature', '0.5');
  expect(stderr).toContain('the answers there are others (temperature 1, now 0.5). Choose another folder with --out');
  expect(status).toBe(1);
  await draw('parts', '--prompts', '2', '--temperature', '0.5', '--overwrite');
  expect(lines('parts', 'kto-completions.jsonl')).toHaveLength(2);
});

test('Ctrl-C keeps whole chunks and says how to go on', async () => {
  const draw = () => sample(at('run'), '--out', at('stopped'), '--rows-at-once', '2', '--prompts', '16');
  const file = at('stopped', 'kto-completions.jsonl');
  const stopped = draw();
  while (!existsSync(file)) await setTimeout(1);
  process.emit('SIGINT');
  const { status, stderr } = await stopped;
  expect(status).toBe(130);
  expect(stderr).toContain('Stopped. Go on with: archangel sample');
  const there = lines('stopped', 'kto-completions.jsonl').length;
  expect(there < 16 && there % 2 === 0 && there > 0).toBe(true);
  await draw();
  expect(lines('stopped', 'kto-completions.jsonl')).toHaveLength(16);
});

test('several answers to each prompt, the start of a method, and other data', async () => {
  await sample(at('run'), '--sft', '--samples', '2', '--prompts', '5', '--out', at('many'));
  const [one, two] = [lines('many', 'kto-completions.jsonl'), lines('many', 'kto-completions-2.jsonl')];
  expect(two.map(({ id }) => id)).toEqual(one.map(({ id }) => id));
  expect(two.map(({ response }) => response)).not.toEqual(one.map(({ response }) => response));
  expect(lines('many', 'sft-completions.jsonl').map(({ id }) => id)).toEqual(one.map(({ id }) => id));

  const long = { prompt: 'x '.repeat(200), chosen: 'y', rejected: 'z' };
  writeFileSync(at('long.jsonl'), [long, { ...long, prompt: 'short' }].map((row) => JSON.stringify(row)).join('\n'));
  const { stdout } = await sample(at('run'), '--data', at('long.jsonl'), '--out', at('others'));
  expect(stdout).toContain('Prompts: 1 of 2 in the data: dropped 1 (longer than 84 tokens)');
  expect(lines('others', 'kto-completions.jsonl')).toMatchObject([{ prompt: [{ content: 'short' }], target: 'y' }]);
});

test.each([
  [[], 'Say what to ask'],
  [['nowhere'], 'No such file or folder'],
  [['run', 'seed2'], 'hold out other prompts (seed: 1 and 2), so one has trained on what is new to the other'],
  [['run', '--columns.prompt', 'x'], 'columns: is told of data to ask'],
  [['run', 'seed2', '--data', 'a.jsonl', '--out', 'both'], 'would both write'],
  [['demo'], 'names no data, so there are no held-out prompts'],
  [['seed2', '--sft'], 'has no sft/ to ask'],
  [['run', '--max-new-tokens', '90'], 'maxNewTokens: 90 leaves no room for a prompt in a context of 96 tokens'],
  [['run', '--max-new-tokens', '86'], 'None of the 20 prompts held out by'],
  [['run', '--promts', '3'], 'Did you mean "prompts"?'],
])('%j is an error of one line', async (words, message) => {
  const named = words.map((word) => (/^(run|seed2|demo|both|a\.jsonl)$/.test(word) ? at(word) : word));
  const flags = named.includes('--max-new-tokens') ? ['--backend', 'cpu'] : few;
  const { status, stderr } = await runHere('sample', ...named, ...flags);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(status).toBe(1);
});
