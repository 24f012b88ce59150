import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parameterCount, writeConfig } from '@halokit/models';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { writeRun } from '../../../test/run_fixture';
import { newModelConfig } from '../../stages/new_model';
import type { Grid } from '../grid';
import type { GridConfig } from '../grid_config';
import { closeJobs } from '../job';
import { expand } from '../jobs/expand';
import { gridReportMarkdown } from '../report/grid_report_markdown';
import { writeGridReport } from '../report/write_grid_report';
import { absentCells } from './absent_cells';
import { readGridResults } from './read_grid_results';

const folder = mkdtempSync(join(tmpdir(), 'grid-results-'));
const out = join(folder, 'out');
const at = (...parts: string[]) => join(out, ...parts);
afterAll(() => rmSync(folder, { recursive: true }));

const shapes = {
  big: { family: 'pythia', layers: 2, width: 64, heads: 2, context: 96 },
  small: { family: 'pythia', layers: 1, width: 32, heads: 2, context: 96 },
  lama: { family: 'llama', layers: 1, width: 32, heads: 2, context: 96 },
} as const;
const sizes = { vocabularySize: 512, eosId: 0 };

/** A model's folder, as far as it is read: its config. */
function checkpoint(run: string, model: keyof typeof shapes): void {
  mkdirSync(at(run, 'sft'), { recursive: true });
  const config = newModelConfig(shapes[model], sizes);
  writeFileSync(at(run, 'sft', 'config.json'), JSON.stringify(writeConfig(config, 'float32')));
}

const config: GridConfig = {
  models: { big: { shape: shapes.big }, small: { shape: shapes.small }, lama: { shape: shapes.lama } },
  ...{ methods: ['unaligned', 'kto', 'dpo'], seeds: [1], each: {} },
  ...{ base: { data: 'speak.jsonl' }, train: { data: 'pairs.jsonl', learningRate: 0.001 } },
  ...{ sample: { prompts: 3 }, judge: { judge: 'tester' } },
  sweeps: { desirable: { method: 'kto', models: ['small'], values: { '10%': { keepDesirable: 0.1 } } } },
  out,
};
const gridIn = (out: string): Grid => {
  return { name: 'tiny', file: 'tiny.yaml', out, config, jobs: closeJobs(expand(config), out) };
};
const grid = gridIn(out);

beforeAll(() => {
  checkpoint('big/seed-1/base', 'big');
  checkpoint('small/seed-1/base', 'small');
  writeRun(at('small/seed-1/kto'), { method: 'kto', outcomes: 'wwtl' });
  writeRun(at('small/seed-1/dpo'), { method: 'dpo', outcomes: 'wttu' });
  writeRun(at('small/seed-1/unaligned'), { method: 'sft', outcomes: 'llll' });
  // Of models that were not trained here there is no config.
  rmSync(at('small/seed-1/unaligned/config.yaml'));
  // Sampled and judged in part; trained in part; judged, with a line cut off.
  writeRun(at('small/seed-1/kto@desirable=10%'), { method: 'kto', outcomes: 'wl' });
  rmSync(at('small/seed-1/kto@desirable=10%/kto-judged-target-tester.json'));
  writeRun(at('big/seed-1/kto'), { method: 'kto' });
  rmSync(at('big/seed-1/kto/report.json'));
  writeRun(at('big/seed-1/dpo'), { method: 'dpo', outcomes: 'wl', judge: 'other' });
  appendFileSync(at('big/seed-1/dpo/dpo-judgments-target-other.jsonl'), '{"id": "p3');
});

beforeEach(() => {
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

test('cells are read from their folders, models from their checkpoints, families together, the smallest first', async () => {
  const { models, cells, settings, sweeps, judge } = await readGridResults(grid);
  expect(models).toEqual([
    { name: 'small', family: 'pythia', parameters: parameterCount(newModelConfig(shapes.small, sizes)) },
    { name: 'big', family: 'pythia', parameters: parameterCount(newModelConfig(shapes.big, sizes)) },
  ]);
  const kto = cells.find(({ name }) => name === 'small/seed-1/kto');
  expect(kto).toEqual({
    ...{ name: 'small/seed-1/kto', model: 'small', method: 'kto', seed: 1 },
    counts: { win: 2, tie: 1, loss: 1, unparsable: 0 },
    bySet: {
      'hh-harmless': { win: 1, tie: 0, loss: 1, unparsable: 0 },
      shp: { win: 1, tie: 1, loss: 0, unparsable: 0 },
    },
    ...{ meanTokens: 11.5, targetTokens: 20 },
    heldOut: {
      ...{ 'reward accuracy': 0.7, 'rule "the shorter answer wins"': 0.52, 'reward accuracy over that rule': 0.18 },
    },
  });
  expect(cells.find(({ method }) => method === 'unaligned')?.counts?.loss).toBe(4);
  // Not judged to the end: what it held out is there, its rate is not.
  const swept = cells.find(({ sweep }) => sweep);
  expect(swept).toMatchObject({ sweep: { name: 'desirable', value: '10%' }, meanTokens: 10.5 });
  expect(swept?.counts).toBeUndefined();
  expect(sweeps).toEqual([{ name: 'desirable', method: 'kto', values: ['10%'], models: ['small'] }]);
  expect(settings).toContainEqual({ key: 'train.learningRate', value: '0.001' });
  expect(settings.some(({ key }) => key === 'out')).toBe(false);
  expect(judge).toBe('other, tester');
});

test('what is missing or damaged is named by its place in the grid, and nothing by its place on a disk', async () => {
  const { missing } = await readGridResults(grid);
  expect(missing).toEqual([
    'lama: no checkpoint of it is there, so its size is not known; it is left out.',
    'big/seed-1: 1 of its 3 cells is not there: unaligned.',
    'lama/seed-1: none of its 3 cells is there.',
    'big/seed-1/kto: the run has not finished, or was stopped: there are no figures on held-out examples, and no counts of its data.',
    'big/seed-1/dpo/dpo-judgments-target-other.jsonl: line 3 is damaged, and left out.',
    'small/seed-1/kto@desirable=10%/kto-judgments-target-tester.jsonl: has no figures beside it: the judging was not finished.',
    'small/seed-1/kto@desirable=10%: was not judged against the target, or not to the end.',
    'The cells were judged by other, tester: what differs may be the judge.',
  ]);
  expect(JSON.stringify(await readGridResults(grid))).not.toContain(folder);
});

test('of many absent cells of a model and seed a few are named', () => {
  const cells = grid.jobs.filter(({ kind, model }) => kind === 'cell' && model === 'small');
  const many = [1, 2, 3].flatMap((time) => cells.map((job) => ({ ...job, name: `${job.name}${time}` })));
  expect(absentCells([...many, ...cells], many)).toEqual([
    'small/seed-1: 12 of its 16 cells are not there: unaligned1, kto1, dpo1, kto@desirable=10%1 and 8 more.',
  ]);
});

describe('the report', () => {
  const said: string[] = [];
  beforeEach(() => {
    vi.spyOn(console, 'log').mockImplementation((line: string) => said.push(line));
  });

  test('is a page, a text, its numbers, and the results that they are made from again', async () => {
    const into = join(folder, 'report');
    await writeGridReport(grid, into);
    expect((await readdir(into)).sort()).toEqual(['report.html', 'report.json', 'report.md', 'results.json']);
    const read = (name: string) => readFileSync(join(into, name), 'utf8');
    expect(gridReportMarkdown(JSON.parse(read('results.json')), `archangel grid report ${relative('.', out)}`)).toBe(
      read('report.md'),
    );
    const { title, claims } = JSON.parse(read('report.json'));
    expect([title, claims[0].here[0].verdict]).toEqual(['Grid tiny', 'cannot be told']);
    expect(said.join('\n')).toContain('KTO alone does better than DPO alone.');
    expect(said.join('\n')).toContain('- lama/seed-1: none of its 3 cells is there.');
  });

  test('is not written over a run’s, nor of a grid of which nothing is there', async () => {
    await expect(writeGridReport(grid, at('small/seed-1/kto'))).rejects.toThrow("is a run's folder");
    await expect(writeGridReport(gridIn(join(folder, 'empty')), join(folder, 'none'))).rejects.toThrow(
      'archangel grid run tiny',
    );
  });
});
