import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogue, type LossName } from '@halokit/losses';
import { hasHead } from '@halokit/models';
import { loadCheckpoint } from '@halokit/models/node';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ownFolder } from '../../test/own_folder';
import { runTrain } from './train';

let folder: string;
let said: string[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'every-loss-'));
  vi.spyOn(console, 'log').mockImplementation((line: string) => said.push(line));
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const lines = Array.from({ length: 40 }, (_, i) =>
    JSON.stringify({ prompt: `Say ${i % 20}`, chosen: `It is ${i}.`, rejected: i % 2 ? 'No idea.' : 'Well, well.' }),
  );
  await writeFile(join(folder, 'pairs.jsonl'), lines.join('\n'));
});
afterAll(() => {
  vi.restoreAllMocks();
});

const small = [
  ...['--shape.layers', '1', '--shape.width', '16', '--shape.heads', '2', '--batch-size', '8'],
  ...['--microbatch-size', '4', '--held-out', '0.2', '--no-sft.first', '--max-steps', '2'],
];

async function trained(name: string, ...more: string[]) {
  const out = join(folder, `${name}${more.join('')}`);
  said = [];
  const args = ['--method', name, '--data', join(folder, 'pairs.jsonl'), '--out', out, ...small, ...more];
  const figures = await runTrain(args);
  const lines = (await readFile(join(out, `${name}-metrics.jsonl`), 'utf8')).trim().split('\n');
  const metrics: Record<string, number>[] = lines.map((line) => JSON.parse(line));
  return { out, figures, metrics, names: figures.map((figure) => figure.name) };
}

const names = Object.keys(catalogue) as LossName[];

/** What is said of held-out examples: by default how well the implied reward tells a pair's sides apart. */
const figuresOf = {
  sft: ['loss per token, before', 'loss per token, after', 'loss per token, lower by'],
  csft: ['loss per token, before', 'loss per token, after', 'loss per token, lower by'],
  bradleyTerry: ['score accuracy', 'rule "the shorter answer wins"', 'score accuracy over that rule', 'score margin'],
} as Partial<Record<LossName, string[]>>;

test.each(names)('%s trains by its name, and is measured on held-out pairs', async (name) => {
  const { metrics, figures, names } = await trained(name);
  expect(metrics).toHaveLength(2);
  for (const step of metrics) {
    for (const key of ['loss', 'grad_norm']) expect(Number.isFinite(step[key]), `${key} ${step[key]}`).toBe(true);
  }
  expect(names).toEqual(
    figuresOf[name] ?? [
      ...['reward accuracy', 'rule "the shorter answer wins"', 'reward accuracy over that rule', 'reward margin'],
      'log-ratio of held-out answers',
    ],
  );
  for (const { estimate } of figures) expect(Number.isFinite(estimate.value)).toBe(true);
});

test('a loss with a head leaves it in the checkpoint, and goes on with it', async () => {
  for (const [name, head] of [
    ['ppo', 'value'],
    ['bradleyTerry', 'reward'],
  ] as const) {
    const { out } = await trained(name, '--seed', '2');
    const saved = join(out, name);
    expect(hasHead(await loadCheckpoint(saved), head)).toBe(true);
    await trained(name, '--model', saved);
  }
});

test('conditional SFT has a token of its own for each class', async () => {
  const { out } = await trained('csft', '--seed', '2');
  const json = await readFile(join(out, 'csft', 'tokenizer.json'), 'utf8');
  for (const token of ['<|good|>', '<|bad|>']) expect(json).toContain(token);
});

test('a loss that couples its examples gets its batches whole, and says so', async () => {
  const { out } = await trained('ktoSimple', '--seed', '2');
  const plan = JSON.parse(await readFile(join(out, 'ktoSimple-plan.json'), 'utf8'));
  expect(plan.steps[0].microbatches).toHaveLength(1);
  expect(said.join('\n')).toContain('Batches are computed whole, 8 at once: ktoSimple couples their examples.');
});

test('humanline is an option of every loss with a reference', async () => {
  const { metrics } = await trained('dpo', '--loss.humanline', '[-1, 1.5]');
  expect(metrics[0]).toHaveProperty(['unclamped/chosen']);
  await expect(trained('simpo', '--loss.humanline', '[-1, 1.5]')).rejects.toThrow('simpo: ');
});

test('a loss of one’s own trains from its file, with options', async () => {
  const file = join(
    ownFolder({
      'my_halo.ts': [
        "import { logRatios, type PreferenceLoss } from '@halokit/losses';",
        "import * as tf from '@tensorflow/tfjs-core';",
        'export const defaults = { beta: 0.1 };',
        'export default ({ beta } = defaults): PreferenceLoss => ({',
        "  name: 'my_halo',",
        "  feedback: 'preferences',",
        '  needs: { reference: true },',
        '  losses({ chosen, rejected }) {',
        '    const rewards = { chosen: tf.mul(logRatios(chosen), beta), rejected: tf.mul(logRatios(rejected), beta) };',
        '    return { losses: tf.softplus(tf.sub(rewards.rejected, rewards.chosen)), rewards };',
        '  },',
        '});',
      ].join('\n'),
    }),
    'my_halo.ts',
  );
  const out = join(folder, 'own');
  const args = ['--loss', file, '--loss.beta', '0.2', '--data', join(folder, 'pairs.jsonl'), '--out', out, ...small];
  const figures = await runTrain(args);
  expect(figures[0]?.name).toBe('reward accuracy');
  expect(await readFile(join(out, 'config.yaml'), 'utf8')).toMatch(/method: \S+my_halo\.ts\n.*loss:\n {2}beta: 0\.2/s);
  // What DPO says of the same: the file's loss is DPO's.
  const { metrics } = await trained('dpo', '--loss.beta', '0.2');
  const [first] = (await readFile(join(out, 'my_halo-metrics.jsonl'), 'utf8')).split('\n');
  expect(JSON.parse(first as string).loss).toBeCloseTo(metrics[0]?.loss as number, 6);
  await expect(runTrain([...args, '--loss.bta', '1'])).rejects.toThrow('Did you mean "loss.beta"?');
});
