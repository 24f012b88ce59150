import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { loadGrid } from './grid';

const folder = mkdtempSync(join(tmpdir(), 'grid-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const small = {
  models: { tiny: { shape: { layers: 1, width: 8, heads: 2, context: 96 } }, given: { model: 'checkpoints/given' } },
  methods: ['unaligned', 'kto', 'sft', 'sft+kto'],
  seeds: [3],
  world: { pairs: 40 },
  train: { data: '{world}/train.jsonl', learningRate: 1e-4 },
  sample: { data: '{world}/held-out.jsonl', prompts: 8 },
  judge: { judge: 'world' },
};

function written(grid: object, name = 'small.yaml'): string {
  const file = join(folder, name);
  writeFileSync(file, stringify(grid));
  return file;
}

const load = (over: object = {}) => loadGrid(written({ ...small, ...over }));

test('jobs stand behind what they come after, and each reference is asked once', async () => {
  const { jobs, out } = await load();
  const names = jobs.map(({ name }) => name);
  for (const { after, name } of jobs) {
    for (const before of after)
      expect(names.indexOf(before), `${before} before ${name}`).toBeLessThan(names.indexOf(name));
  }
  const of = (name: string) => jobs.find((job) => job.name === name);
  expect(of('tiny/seed-3/kto')?.after).toEqual(['tiny/seed-3/base', 'world/seed-3', 'tiny/seed-3/reference-base']);
  expect(of('tiny/seed-3/sft+kto')?.after).toEqual(['tiny/seed-3/sft', 'world/seed-3', 'tiny/seed-3/reference-sft']);
  expect(of('given/seed-3/sft')?.after).toEqual(['world/seed-3', 'given/seed-3/reference-base']);
  expect(names.filter((name) => name.startsWith('given/'))).toEqual([
    ...['reference-base', 'sft', 'reference-sft', 'unaligned', 'kto', 'sft+kto'].map((job) => `given/seed-3/${job}`),
  ]);
  const [train, sample, judge] = of('tiny/seed-3/sft+kto')?.steps ?? [];
  expect(train?.args.join(' ')).toBe(
    `--method kto --model ${out}/tiny/seed-3/sft/sft --data ${out}/world/seed-3/train.jsonl --learning-rate 0.0001 --seed 3 ` +
      `--out ${out}/tiny/seed-3/sft+kto`,
  );
  expect(sample?.args.join(' ')).toBe(
    `${out}/tiny/seed-3/sft+kto --data ${out}/world/seed-3/held-out.jsonl --prompts 8 --seed 3`,
  );
  expect(judge?.args).toEqual([`${out}/tiny/seed-3/sft+kto`, '--judge', 'world']);
  // Two methods on one start, of which SFT asks what KTO does not.
  expect(of('tiny/seed-3/reference-base')?.steps.map(({ args }) => args[1])).toEqual(['kto', 'sft']);
});

test('a sweep varies keys of a method, and may train on labelled answers', async () => {
  const { jobs } = await load({
    sweeps: {
      desirable: { method: 'kto', models: ['tiny'], values: { '10%': { keepDesirable: 0.1 } } },
      noise: {
        ...{ method: 'sft+kto', models: ['tiny'], labels: { by: 'world', threshold: 1, prompts: 20 } },
        values: { '0%': {}, '20%': { flipLabels: 0.2 } },
      },
    },
  });
  const of = (name: string) => jobs.find((job) => job.name === `tiny/seed-3/${name}`);
  expect(of('kto@desirable=10%')).toMatchObject({
    cell: { method: 'kto', sweep: { name: 'desirable', value: '10%' } },
  });
  expect(of('kto@desirable=10%')?.steps[0]?.args.join(' ')).toContain('--keep-desirable 0.1');
  expect(jobs.some(({ name }) => name === 'given/seed-3/kto@desirable=10%')).toBe(false);
  expect(of('labels-noise')?.after).toEqual(['tiny/seed-3/sft', 'world/seed-3']);
  expect(of('sft+kto@noise=20%')?.after).toEqual(
    [...['sft', 'labels-noise', 'reference-sft-labels-noise'].map((name) => `tiny/seed-3/${name}`)].toSpliced(
      1,
      0,
      'world/seed-3',
    ),
  );
  expect(of('sft+kto@noise=20%')?.steps[0]?.args.join(' ')).toMatch(/--data \S+labels-noise\/labelled\.jsonl/);
});

test('a fingerprint changes with the job and with what it comes after, and not with the folder', async () => {
  const prints = async (over: object) =>
    Object.fromEntries((await load(over)).jobs.map(({ name, fingerprint }) => [name, fingerprint]));
  const before = await prints({});
  expect(await prints({ out: 'elsewhere' })).toEqual(before);
  const each = await prints({ each: { kto: { loss: { beta: 0.2 } } } });
  const differing = Object.keys(before).filter((name) => before[name] !== each[name]);
  expect(differing).toEqual(
    ['tiny', 'given'].flatMap((model) => ['kto', 'sft+kto'].map((job) => `${model}/seed-3/${job}`)),
  );
  const world = await prints({ world: { pairs: 41 } });
  expect(Object.keys(before).filter((name) => before[name] === world[name])).toEqual([]);
});

test.each([
  [{ train: { lerningRate: 1 } }, 'train: unknown key "lerningRate". Did you mean "learningRate"?'],
  [{ train: { out: 'x' } }, 'train: unknown key "out".'],
  [{ judge: { against: 'target' } }, 'judge: judge: is missing'],
  [{ methods: ['ktoo'] }, 'methods: "ktoo": there is no loss "ktoo". Did you mean "kto"?'],
  [{ methods: ['sft+kto'] }, 'sft+kto: starts from SFT. Add "sft" to the methods.'],
  [{ models: { tiny: {} } }, 'models.tiny: give either "model", a checkpoint, or "shape"'],
  [{ models: { 'a b': { model: 'x' } } }, 'for a name'],
  [
    { sweeps: { x: { method: 'kto', models: ['tyny'], values: { a: {} } } } },
    'there is no model "tyny". Did you mean "tiny"?',
  ],
  [{ sweeps: { x: { method: 'kto', values: { a: { keepDesirable: 2 } } } } }, 'sweeps.x.values.a: keepDesirable'],
  [{ slurm: { models: { tyny: { ranks: 2 } } } }, 'slurm.models: there is no model "tyny". Did you mean "tiny"?'],
])('%j is refused', async (over, message) => {
  await expect(load(over)).rejects.toThrow(message);
  await expect(load(over)).rejects.toThrow('small.yaml: ');
});

test('keys on top of the file’s, and what is no grid', async () => {
  const over = parse('train: { learningRate: 0.5 }');
  const { config } = await loadGrid(written(small), over);
  expect(config.train).toEqual({ ...small.train, learningRate: 0.5 });
  await expect(loadGrid('no-such-grid')).rejects.toThrow('one that ships: archangel, miniature.');
  await expect(loadGrid(folder)).rejects.toThrow('no grid was run there');
  writeFileSync(join(folder, 'broken.yaml'), 'models: [');
  await expect(loadGrid(join(folder, 'broken.yaml'))).rejects.toThrow('broken.yaml: ');
});

test('the grid of the app’s documentation', async () => {
  const [, text] =
    /```yaml\n# my-grid\.yaml\n(.*?)```/s.exec(readFileSync(new URL('../../README.md', import.meta.url), 'utf8')) ?? [];
  const { jobs } = await loadGrid(written(parse(text as string), 'my-grid.yaml'));
  expect(jobs.filter(({ kind }) => kind === 'cell')).toHaveLength(2 * (5 + 2));
});

test('the grids that ship', async () => {
  const published = await loadGrid('archangel');
  const trained = published.jobs.filter(({ cell }) => cell && cell.method !== 'unaligned');
  expect(trained).toHaveLength(7 * 11);
  const { config, jobs } = await loadGrid('miniature');
  expect(Object.keys(config.models)).toHaveLength(6);
  expect(new Set(jobs.flatMap(({ cell }) => (cell && !cell.sweep ? [cell.method] : []))).size).toBe(12);
  expect(config.seeds).toEqual([1, 2, 3]);
  expect((await loadGrid('real-rows')).config.models).toHaveProperty('pythia-tiny');
  const slice = await loadGrid('miniature-slice');
  expect(new Set(slice.jobs.map(({ kind }) => kind))).toEqual(new Set(jobs.map(({ kind }) => kind)));
});
