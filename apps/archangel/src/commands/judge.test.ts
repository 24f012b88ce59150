import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holm, wilson } from '@halokit/evaluation';
import { beforeEach, expect, test, vi } from 'vitest';
import { answeredRun } from '../../test/answered_run';
import { answeringRun } from '../../test/answering_run';
import { judgeServer } from '../../test/judge_server';
import { runHere } from '../../test/run_here';

const key = 'sk-very-secret-0123456789';
let cache = '';

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'cache-'));
  vi.stubEnv('XDG_CACHE_HOME', cache);
  vi.stubEnv('OPENAI_API_KEY', key);
  return () => vi.unstubAllEnvs();
});

const json = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
const lines = (file: string) =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

/** All bytes below a folder, as text. */
function bytesIn(folder: string): string {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'latin1')).join('\n');
}

test('against the target, in both orders, with the key nowhere; again it costs nothing', async () => {
  const run = answeredRun({ kto: [6, 5, 4, 3, 9, 7], sft: [1, 1, 1, 1, 1, 1] });
  const { endpoint, asked, keys } = await judgeServer();
  const prices = ['--price-in', '1', '--price-out', '10'];
  const command = ['judge', run, '--judge', 'owner/local', '--endpoint', endpoint, ...prices];
  const { status, stdout, stderr } = await runHere(...command);
  expect(status, stderr).toBe(0);
  expect([asked.length, new Set(asked).size, [...keys]]).toEqual([12, 12, [`Bearer ${key}`]]);

  const [file = ''] = readdirSync(run).filter((name) => name.startsWith('kto-judged-'));
  expect(file).toMatch(/^kto-judged-target-owner-local-\w{6}\.json$/);
  const judged = json(join(run, file));
  expect(judged).toMatchObject({
    candidate: { model: 'kto-thumbs/kto', method: 'kto' },
    baseline: 'target',
    judge: { name: 'owner/local', question: { name: 'helpful_harmless_concise' }, endpoint: new URL(endpoint).host },
    counts: { win: 4, tie: 1, loss: 1, unparsable: 0, orderDependent: 0 },
    rate: wilson(4.5, 6),
    rateWithoutTies: wilson(4, 5),
    meanTokens: { candidate: { value: 34 / 6 }, baseline: { value: 4 } },
    cost: { requests: 12, cached: 0, promptTokens: 3600, completionTokens: 96, price: (3600 + 960) / 1e6 },
  });
  expect(judged.lengthControlled.n).toBe(6);
  const pairs = lines(join(run, file.replace('judged', 'judgments').replace('.json', '.jsonl')));
  expect(pairs[3]).toEqual({
    ...{ id: 'prompt-3', set: 'odd', prompt: [{ role: 'user', content: 'Say 3.' }] },
    ...{ candidate: 'kkk', baseline: 'good', candidateTokens: 3, baselineTokens: 4, outcome: 'loss' },
    ahead: { verdict: 'second', said: 'It is longer.\nVerdict: B' },
    behind: { verdict: 'first', said: 'It is longer.\nVerdict: A' },
  });
  expect(stdout).toMatch(/win rate, ties half +75\.0 % \[/);
  expect(stdout).toMatch(/kto and target are not to be told apart: 75\.0 % .*p = 0\.375 \(sign test\), no significant/);

  const again = await runHere(...command);
  expect([again.status, asked.length]).toEqual([0, 12]);
  const { cost, ...figures } = json(join(run, file));
  expect({ ...figures, cost: judged.cost }).toEqual(judged);
  expect(cost).toEqual({ ...judged.cost, requests: 0, cached: 12 });
  const everything = [stdout, stderr, again.stdout, again.stderr, bytesIn(run), bytesIn(cache)].join('\n');
  expect(everything).not.toContain('sk-very');
});

test('models against a model, and against each other, corrected for how many comparisons that is', async () => {
  const lengths = (extra: number) => Array.from({ length: 30 }, (_, i) => 5 + ((i * 7) % 5) + extra);
  const run = answeredRun({ kto: lengths(5), dpo: lengths(0), sft: lengths(0).reverse() });
  const { endpoint } = await judgeServer();
  const options = ['--judge', 'local', '--endpoint', endpoint, '--against', join(run, 'sft')];
  const { status, stdout, stderr } = await runHere(
    'judge',
    ...options,
    join(run, 'kto'),
    join(run, 'dpo-completions.jsonl'),
  );
  expect(status, stderr).toBe(0);
  expect(stdout).toMatch(/kto beats sft: /);
  expect(stdout).toContain('corrected for these 3 comparisons (Holm)');
  expect(stdout).toMatch(/dpo and sft are not to be told apart/);
  expect(stdout).toMatch(/kto does better than dpo: \+\d+\.\d points \[.*\], p < 0\.001 \(paired bootstrap\)/);
  expect(json(join(run, 'kto-judged-sft-local.json')).baseline).toEqual({ model: 'kto-thumbs/sft', method: 'sft' });
  const asJson = await runHere('judge', ...options, '--json', join(run, 'kto'), join(run, 'dpo'));
  const report = JSON.parse(asJson.stdout);
  expect(report.judged.map(({ candidate }: { candidate: { method: string } }) => candidate.method)).toEqual([
    'kto',
    'dpo',
  ]);
  const [pValues, corrected] = ['pValue', 'corrected'].map((key) =>
    report.comparisons.map((comparison: Record<string, number>) => comparison[key]),
  );
  expect(pValues.length).toBe(3);
  expect(corrected).toEqual(holm(pValues));
  expect(corrected).not.toEqual(pValues);
});

test('what may be spent is not exceeded; nothing that was judged is lost', async () => {
  const run = answeredRun({ kto: [6, 5, 4, 3, 9, 7] });
  const { endpoint, asked } = await judgeServer();
  // An answer costs 8, and 10 at most.
  const prices = ['--price-in', '0', '--price-out', '1000000', '--max-tokens', '10'];
  const command = ['judge', run, '--judge', 'local', '--endpoint', endpoint, ...prices];
  const poor = await runHere(...command, '--max-cost', '50');
  expect([poor.status, asked.length]).toEqual([1, 6]);
  expect(poor.stderr).toContain('Stopped at --max-cost: 48 of 50 is spent, and the next question may cost 10.');
  expect(poor.stderr).toContain('goes on from there, with more to spend.');
  expect(readdirSync(run).filter((name) => name.includes('judg'))).toEqual([]);
  const rich = await runHere(...command, '--max-cost', '100');
  expect([rich.status, asked.length, new Set(asked).size]).toEqual([0, 12, 12]);
});

test('a server that fails for good names the prompt, and what was judged is kept', async () => {
  const run = answeredRun({ kto: [6, 5] });
  const { endpoint, asked } = await judgeServer({
    instead: (_, text, response) =>
      text.includes('Say 1.') && Boolean(response.writeHead(400).end(`too long for ${key}`)),
  });
  const command = ['judge', run, '--judge', 'local', '--endpoint', endpoint, '--concurrency', '1'];
  const { status, stderr, stdout } = await runHere(...command, '--verbose');
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /The judge failed on prompt 1: 127.*answered "400 too long for \[key\]"\. What was judged .*--on-refusal unparsable/,
  );
  expect(stdout + stderr).not.toContain('sk-very');
  const passed = await runHere(...command, '--on-refusal', 'unparsable');
  expect(passed.status, passed.stderr).toBe(0);
  expect(passed.stdout).toMatch(/unparsable, in no rate +1\n/);
  expect(asked.length).toBe(2 + 1 + 2);
});

test('a file of one’s own judges, and is shown the conversation', async () => {
  const run = answeredRun({ kto: [6, 5, 2] });
  const file = join(run, 'mine.ts');
  writeFileSync(
    file,
    `import type { Judge } from '@halokit/evaluation';
const judge: Judge = ({ turns, prompt, first }) =>
  prompt === 'Say 2.' ? { verdict: 'unparsable', said: 'Who knows?' } : first === 'good' && turns?.length === 1 ? 'second' : 'first';
export default judge;\n`,
  );
  const { status, stderr } = await runHere('judge', run, '--judge', file);
  expect(status, stderr).toBe(0);
  const judged = json(join(run, 'kto-judged-target-mine.ts.json'));
  expect(judged).toMatchObject({ judge: { name: 'mine.ts' }, counts: { win: 2, unparsable: 1 }, rate: { n: 2 } });
  expect(judged).not.toHaveProperty('cost');
  writeFileSync(file, 'export default 1;');
  cpSync(file, join(run, 'other.ts'));
  expect((await runHere('judge', run, '--judge', join(run, 'other.ts'))).stderr).toContain(
    'other.ts: has no judge. End it in',
  );
});

test('a reward model judges: the same score for the same answer, whatever the order', async () => {
  const run = answeredRun({ kto: [4, 5, 2] });
  const rm = join(mkdtempSync(join(tmpdir(), 'rm-')), 'rm');
  await answeringRun(rm, { method: 'bradleyTerry', maxLength: 64, maxPromptLength: 32 }, ['bradleyTerry', 'sft']);
  const { status, stderr, stdout } = await runHere('judge', run, '--judge', rm, '--backend', 'cpu', '--json');
  expect(status, stderr).toBe(0);
  const [{ judge, counts }] = JSON.parse(stdout).judged;
  expect(judge.name).toContain('bradleyTerry');
  expect([counts.win + counts.loss, counts.orderDependent]).toEqual([3, 0]);
  const [file = ''] = readdirSync(run).filter((name) => name.startsWith('kto-judgments-'));
  for (const { ahead, behind } of lines(join(run, file))) {
    expect(ahead.said).toMatch(/^-?[\d.]+ for the first, -?[\d.]+ for the second$/);
    const [a, b] = ahead.said.match(/-?\d[\d.]*/g);
    expect(behind.said).toBe(`${b} for the first, ${a} for the second`);
  }
});

test('answers to different prompts are not compared', async () => {
  const run = answeredRun({ kto: [6, 5, 4], sft: [1, 1, 1, 1] });
  const command = [
    'judge',
    join(run, 'kto'),
    '--against',
    join(run, 'sft'),
    '--judge',
    'local',
    '--endpoint',
    'http://127.0.0.1:9/v1',
  ];
  expect((await runHere(...command)).stderr).toContain(
    `answer different prompts: 1 only in ${join(run, 'sft-completions.jsonl')} (prompt-3). Ask both the same ones`,
  );
  const { endpoint, asked } = await judgeServer();
  const few = await runHere(...command.slice(0, 6), '--endpoint', endpoint, '--prompts', '2');
  expect([few.status, asked.length]).toEqual([0, 4]);
});

const folder = answeredRun({ kto: [6], dpo: [5] });
const noTarget = answeredRun({ kto: [6] });
writeFileSync(
  join(noTarget, 'kto-completions.jsonl'),
  readFileSync(join(noTarget, 'kto-completions.jsonl'), 'utf8').replace(/,"target.*\}/, '}'),
);
const local = ['--judge', 'local', '--endpoint', 'http://127.0.0.1:9/v1'];
test.each<[string[], string]>([
  [[...local], 'Say whose answers to judge'],
  [[folder, ...local], `has answers of several models: name one of ${join(folder, 'dpo')}, ${join(folder, 'kto')}`],
  [[tmpdir(), ...local], 'has no answers to judge. Ask it first: archangel sample'],
  [[join(folder, 'kto'), join(folder, 'kto-completions.jsonl'), ...local], 'kto-completions.jsonl: is named twice'],
  [[join(folder, 'kto'), '--against', join(folder, 'kto'), ...local], 'is compared with itself'],
  [[noTarget, ...local], 'no prompt has a response that its set prefers'],
  [[join(folder, 'kto'), '--judge', './none'], './none: there is no such file or folder'],
  [[join(folder, 'kto'), '--judge', './none.ts'], './none.ts: there is no such file'],
  [[join(folder, 'kto'), ...local, '--question', 'helpfull'], 'There is no question "helpfull"'],
  [[join(folder, 'kto'), ...local, '--max-cost', '1'], 'maxCost: needs --price-in and --price-out'],
  [[join(folder, 'kto'), ...local, '--price-in', '1'], 'priceOut: is missing'],
  [[join(folder, 'kto'), ...local, '--retris', '1'], 'Did you mean "retries"?'],
  [
    [join(folder, 'kto'), '--judge', 'm', '--endpoint', 'http://example.org/v1'],
    'would go to example.org in the clear',
  ],
])('%j is refused', async (args, message) => {
  const { status, stderr } = await runHere('judge', ...args);
  expect([status, stderr]).toEqual([1, expect.stringContaining(message)]);
});

test('without a key nobody asks OpenAI, and a local server is asked without one', async () => {
  vi.stubEnv('OPENAI_API_KEY', '');
  expect((await runHere('judge', join(folder, 'kto'), '--judge', 'gpt-4o-mini')).stderr).toContain(
    'OPENAI_API_KEY is not set.',
  );
  const { endpoint, keys } = await judgeServer();
  const { status } = await runHere('judge', join(folder, 'kto'), '--judge', 'local', '--endpoint', endpoint);
  expect([status, [...keys]]).toEqual([0, [undefined]]);
  const other = await judgeServer();
  const renamed = ['judge', join(folder, 'kto'), '--judge', 'local', '--endpoint', other.endpoint];
  expect((await runHere(...renamed)).stderr).toContain('holds another judgment of the same name');
  expect((await runHere(...renamed, '--overwrite')).status).toBe(0);
});
