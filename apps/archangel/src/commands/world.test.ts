import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { archangelControlTokens, readFeedback, Tally, toDemonstrations } from '@halokit/data';
import { loadTokenizer, readRows } from '@halokit/data/node';
import { type Completion, promptId } from '@halokit/evaluation';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { judgeServer } from '../../test/judge_server';
import { runHere } from '../../test/run_here';

const folder = mkdtempSync(join(tmpdir(), 'world-'));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
  return () => vi.unstubAllEnvs();
});

const small = ['--demonstrations', '300', '--pairs', '80', '--held-out', '40'];
const world = join(folder, 'world');
const make = (out: string, ...more: string[]) => runHere('world', '--out', out, ...small, ...more);

/** Every file below a folder with its bytes. */
function bytesIn(place: string): Record<string, string> {
  const files = readdirSync(place, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(place.length + 1), readFileSync(path, 'latin1')];
    }),
  );
}

const feedbackOf = (name: string) => readFeedback(readRows(join(world, name)), new Tally());

test('files that train and sample read, with their sets and a tokenizer that knows the control tokens', async () => {
  const { status, stdout, stderr } = await make(world);
  expect([status, stderr]).toEqual([0, '']);
  expect(Object.keys(bytesIn(world)).sort()).toEqual([
    ...['demonstrations.jsonl', 'held-out.jsonl', 'tokenizer/tokenizer.json', 'tokenizer/tokenizer_config.json'],
    ...['train.jsonl', 'world.json'],
  ]);
  const demonstrations = toDemonstrations(await feedbackOf('demonstrations.jsonl'));
  expect(demonstrations).toHaveLength(300);
  const { counts } = JSON.parse(readFileSync(join(world, 'world.json'), 'utf8'));
  for (const [name, kind, lines] of [
    ['demonstrations.jsonl', 'binary', 300],
    ['train.jsonl', 'preferences', 80],
    ['held-out.jsonl', 'preferences', 40],
  ] as const) {
    const feedback = await feedbackOf(name);
    const of = (set: string) => feedback.examples.filter((example) => example.set === set).length;
    const [harmless, helpful] = [of('harmless'), of('helpful')];
    expect([feedback.kind, feedback.examples.length, harmless + helpful]).toEqual([kind, lines, lines]);
    expect(harmless).toBeGreaterThan(0);
    expect(counts[name]).toMatchObject({ lines, sets: { harmless, helpful } });
    expect(stdout).toMatch(new RegExp(`${name} +${lines} +harmless ${harmless}, helpful ${helpful}`));
  }
  const { tokenizer } = await loadTokenizer(join(world, 'tokenizer'));
  expect(tokenizer.vocabularySize).toBe(512);
  for (const token of Object.values(archangelControlTokens)) {
    expect(tokenizer.findSpecial(`Hi ${token}`)).toEqual({ name: token, at: 3 });
  }
});

test('the same options give the same bytes, another seed others', async () => {
  const [again, other] = [join(folder, 'again'), join(folder, 'other')];
  await make(again);
  await make(other, '--seed', '2');
  expect(bytesIn(again)).toEqual(bytesIn(world));
  expect(bytesIn(other)['train.jsonl']).not.toBe(bytesIn(world)['train.jsonl']);
});

test('without harmful requests there are no sets', async () => {
  const out = join(folder, 'helpful');
  await make(out, '--harmful', '0');
  expect(bytesIn(out)['train.jsonl']).not.toContain('stolen');
  expect(bytesIn(out)['train.jsonl']).not.toContain('"set"');
});

test('a world that is there is left; another is refused, or replaced where that is asked for', async () => {
  const out = join(folder, 'kept');
  await make(out);
  writeFileSync(join(out, 'train.jsonl'), 'mine');
  const left = await make(out);
  expect([left.status, left.stdout]).toEqual([0, expect.stringContaining('is there already, and left as it is')]);
  const refused = await make(out, '--flip', '0.2');
  expect(refused.status).toBe(1);
  expect(refused.stderr).toContain(`${out}: holds another world (flip 0.1, now 0.2). Choose another folder`);
  expect(bytesIn(out)['train.jsonl']).toBe('mine');
  expect((await make(out, '--flip', '0.2', '--overwrite')).status).toBe(0);
  expect(bytesIn(out)['train.jsonl']).not.toBe('mine');
});

test.each([
  [['--harmful', '2'], 'harmful'],
  [['--held-out', '9000'], '9000 held-out pairs: 52 templates give 8320 prompts at most. Ask for fewer.'],
  [['--parts', '3'], 'unknown key "parts"'],
])('%j is refused', async (more, message) => {
  const { status, stderr } = await make(join(folder, 'none'), ...more);
  expect([status, stderr]).toEqual([1, expect.stringContaining(message)]);
  expect(readdirSync(folder)).not.toContain('none');
});

test('a folder that holds something else is not touched, --overwrite or not', async () => {
  const out = join(folder, 'mine');
  mkdirSync(out);
  writeFileSync(join(out, 'thesis.txt'), 'all of it');
  const { status, stderr } = await make(out, '--overwrite');
  expect([status, stderr]).toEqual([1, expect.stringContaining("is not empty and not a world's folder")]);
  expect(bytesIn(out)).toEqual({ 'thesis.txt': 'all of it' });
});

/** Answers to the held-out prompts: what is preferred, what is not, and nothing, in turn. */
async function answers(name: string): Promise<string> {
  const { examples } = await feedbackOf('held-out.jsonl');
  const lines = await Promise.all(
    examples.map(async (example, i): Promise<Completion> => {
      if (!('chosen' in example)) throw new Error('pairs were meant');
      const { prompt, chosen, rejected, set = '' } = example;
      const response = [chosen, rejected, ''][i % 3] as string;
      return {
        id: await promptId(prompt),
        set,
        prompt,
        response,
        tokens: 9,
        finished: true,
        target: chosen,
        targetTokens: 9,
      };
    }),
  );
  const file = join(folder, `${name}-completions.jsonl`);
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  writeFileSync(
    join(folder, `${name}-completions.json`),
    JSON.stringify({ model: name, method: name, fingerprint: name, data: 'held-out.jsonl', settings: {} }),
  );
  return file;
}

test('its judge is known by name: what is preferred ties with itself, all else loses', async () => {
  const file = await answers('judged');
  const { status, stdout, stderr } = await runHere('judge', file, '--judge', 'world', '--json');
  expect(status, stderr).toBe(0);
  const [judged] = JSON.parse(stdout).judged;
  expect(judged.judge).toEqual({ name: 'world' });
  expect(judged.counts).toMatchObject({ win: 0, tie: 14, loss: 26, unparsable: 0 });
});

test('it labels answers by their score: 1 is up', async () => {
  const out = join(folder, 'labelled.jsonl');
  const command = [
    'label',
    await answers('labelled'),
    '--by',
    'world',
    '--as',
    'thumbs',
    '--threshold',
    '1',
    '--out',
    out,
  ];
  const { status, stdout, stderr } = await runHere(...command);
  expect(status, stderr).toBe(0);
  expect(stdout).toContain('27 thumbs, 14 up and 13 down');
  const lines = readFileSync(out, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const { desirable, score } of lines) expect([desirable, score <= 1]).toEqual([score === 1, true]);
});

test('a prompt from elsewhere is refused by both', async () => {
  const line = {
    id: 'x',
    set: 's',
    prompt: [{ role: 'user', content: 'What is the time?' }],
    response: 'Noon.',
    tokens: 1,
  };
  const elsewhere = join(folder, 'elsewhere-completions.jsonl');
  writeFileSync(elsewhere, `${JSON.stringify({ ...line, finished: true, target: 'Ten.', targetTokens: 1 })}\n`);
  const out = join(folder, 'elsewhere.jsonl');
  for (const command of [
    ['judge', elsewhere, '--judge', 'world'],
    ['label', elsewhere, '--by', 'world', '--as', 'thumbs', '--out', out],
  ]) {
    const { status, stderr } = await runHere(...command);
    expect(status).toBe(1);
    expect(stderr).toContain('"What is the time?": not a prompt of the demo world, whose judge knows no others.');
    expect(stderr).not.toContain('unexpected');
  }
});

test('a model at an endpoint may be called world too', async () => {
  const { endpoint, asked } = await judgeServer();
  const file = await answers('asked');
  const { status, stderr } = await runHere('judge', file, '--judge', 'world', '--endpoint', endpoint, '--prompts', '3');
  expect(status, stderr).toBe(0);
  // The first answer is the target itself, so that both orders are one question.
  expect(asked).toHaveLength(5);
});
