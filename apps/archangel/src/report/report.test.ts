import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { hostile, writeRun } from '../../test/run_fixture';
import { chooseBackend } from '../backend';
import { runReport } from '../commands/report';
import { buildReport, type Report } from './build_report';
import { packCards } from './page/pack_cards';
import { readRun } from './read_run';
import { readingOf, sliceReadings } from './readings';
import type { Figure } from './run_schemas';

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'report-'));
});

async function report(...names: string[]): Promise<Report> {
  await chooseBackend('cpu');
  const problems: string[] = [];
  const read = await Promise.all(names.map((name) => readRun(at(name), (problem) => problems.push(problem))));
  return buildReport(
    read.filter((run) => run !== undefined),
    problems.map((problem) => problem.replaceAll(folder, '')),
    { pairs: 512 },
  );
}

function linesOf(findings: Report['findings']): string {
  return findings.flatMap(({ lines }) => lines).join('\n');
}

/** So many wins, ties and losses. */
const pairs = (wins: number, ties: number, losses: number) => 'w'.repeat(wins) + 't'.repeat(ties) + 'l'.repeat(losses);

describe('what came out', () => {
  test('p-values are exact and corrected for all comparisons; words say no more than they allow', async () => {
    writeRun(at('kto'), { method: 'kto', outcomes: pairs(17, 0, 3) });
    writeRun(at('dpo'), { method: 'dpo', outcomes: pairs(15, 0, 5) });
    const { comparisons, findings } = await report('kto', 'dpo');
    const [kto, dpo, both] = comparisons;
    // 2 (C(20,0) + C(20,1) + C(20,2) + C(20,3)) / 2^20, and with C(20,4) and C(20,5).
    expect(kto).toMatchObject({ of: 'kto', against: 'target' });
    expect(kto?.pValue).toBeCloseTo((2 * 1351) / 2 ** 20, 12);
    expect(dpo?.pValue).toBeCloseTo((2 * 21_700) / 2 ** 20, 12);
    expect(both).toMatchObject({ kind: 'paired', of: 'kto', against: 'dpo' });
    expect(both?.estimate).toMatchObject({ value: 2 / 20, n: 20 });
    // Holm: the smallest three times, the next twice.
    expect(kto?.corrected).toBeCloseTo(3 * (kto?.pValue as number), 12);
    expect(dpo?.corrected).toBeCloseTo(2 * (dpo?.pValue as number), 12);
    expect(findings[0]?.lines).toEqual([
      "Of 3 comparisons, 1 is significant at 5 % after Holm's correction for all of them; 2 are not. " +
        '1 of these would pass for significant alone, and does not among so many.',
      'kto beats the target, by tester: kto wins 85.0 % [64.0, 94.8] of 20 pairs, ties half (p = 0.008 after correction).',
      'No significant difference between dpo and the target, by tester: dpo wins 75.0 % [53.1, 88.8] of 20 pairs, ties half (p = 0.083 after correction).',
      expect.stringMatching(
        /^No significant difference between kto and dpo, by tester, both against the target: kto less dpo is \+10\.0 points \[.*\] on the same 20 prompts \(p = 0\.2\d\d after correction\)\.$/,
      ),
    ]);
  });

  test('few pairs, places, answers that were not parsed, and a judging that was stopped are said', async () => {
    writeRun(at('few'), { method: 'kto', outcomes: 'wwwuu', judge: './mine.ts' });
    writeRun(at('tied'), { method: 'kto', outcomes: pairs(3, 9, 3) });
    rmSync(at('tied', 'kto-judged-target-tester.json'));
    const { findings, judged, problems } = await report('few', 'tied');
    const said = linesOf(findings);
    expect(said).toContain(
      'few and the target, by ./mine.ts: few wins 100.0 % [43.9, 100.0] of 3 pairs, ties half (too few to say).',
    );
    expect(said).toContain('few against the target, by ./mine.ts: 2 of 5 answers of the judge could not be parsed.');
    expect(said).toContain(
      'tied against the target, by tester: in 9 of 15 pairs the judge preferred a place, not an answer.',
    );
    expect(said).toContain('its figures are missing; the 15 pairs there are were counted here');
    expect(judged[1]).toMatchObject({ counts: { win: 3, tie: 9, loss: 3, orderDependent: 9 }, rate: { value: 0.5 } });
    expect(problems).toEqual([expect.stringContaining('kto-judgments-target-tester.jsonl: has no figures beside it')]);
  });

  test('held-out figures read as what their intervals allow, of slices after correction', async () => {
    writeRun(at('kto'), { method: 'kto' });
    const { findings, heldOut } = await report('kto');
    // 0.04 alone, and 0.08 as one of two.
    expect(sliceReadings(heldOut[0]?.slices ?? [])).toEqual([
      ['not distinguishable from chance'],
      ['too few to say'],
      ['not distinguishable from chance'],
      ['unknown'],
    ]);
    expect(readingOf(heldOut[0]?.slices[0]?.figures[0] as Figure)).toBe('better than chance');
    expect(linesOf(findings).split('\n')).toEqual([
      'No answers were judged: nothing here says whether people would prefer them.',
      'kto, on 100 held-out examples: reward accuracy 70.0 % [60.4, 78.1], better than chance; it is better than the rule ' +
        'that the shorter answer wins (+18.0 points [4.0, 32.0]).',
    ]);
  });
});

describe('reading', () => {
  test('what is damaged or missing is said by name, and the rest is there', async () => {
    writeRun(at('a', 'run'), { method: 'kto', outcomes: 'wl' });
    writeRun(at('b', 'run'), { method: 'kto' });
    const line = { id: 'p', set: 's', prompt: 'x\u2028y', candidate: 'c', baseline: 'b', outcome: 'win' };
    const said = { verdict: 'first', said: '' };
    // U+2028 is no end of a line.
    appendFileSync(
      at('a', 'run', 'kto-judgments-target-tester.jsonl'),
      `${JSON.stringify({ ...line, ahead: said, behind: said })}\n{"id": "p3`,
    );
    appendFileSync(at('a', 'run', 'kto-metrics.jsonl'), 'nonsense\n{"step": 51, "loss": null}\n{"loss": 1}\n');
    writeFileSync(at('a', 'run', 'run.json'), '{');
    writeFileSync(at('a', 'run', 'report.json'), JSON.stringify({ figures: 'none', data: { read: 1, kept: 1 } }));
    rmSync(at('b', 'run', 'report.json'));
    writeFileSync(at('b', 'run', 'config.yaml'), '{');
    const { problems, runs, judged, charts, data } = await report('a/run', 'b/run', 'nowhere', '.');
    expect([...problems].sort()).toEqual([
      '/a/run/kto-judgments-target-tester.jsonl: line 4 is damaged, and left out.',
      '/a/run/kto-metrics.jsonl: lines 51 and 53 are damaged, and left out.',
      '/a/run/report.json: "figures" is not what is expected there (Invalid input: expected array, received string); "figures" is left out.',
      '/a/run/run.json: is no whole JSON document; it is left out.',
      '/b/run/config.yaml: is damaged, and left out.',
      '/b/run: the run has not finished, or was stopped: there are no figures on held-out examples, and no counts of its data.',
      '/nowhere: is no folder.',
      ": is no run's folder: it has no config.yaml, no answers and no judgments.",
    ]);
    expect(runs.map(({ label }) => label)).toEqual(['a/run', 'b/run']);
    expect(judged[0]?.pairs).toHaveLength(3);
    expect(charts.methods[0]?.lines.map(({ points }) => points.at(-1)?.[0])).toEqual([50, 50]);
    expect(data).toMatchObject([{ read: 1, kept: 1, changes: [] }]);
  });

  test('long runs are thinned to means, and that is said in the page', async () => {
    writeRun(at('long'), { method: 'kto', steps: 1000 });
    const { charts } = await report('long');
    const loss = charts.methods.find(({ title }) => title === 'loss')?.lines[0];
    expect(loss?.points.length).toBeLessThanOrEqual(300);
    expect(loss).toMatchObject({ stepsAPoint: 4, metric: 'loss' });
    expect(charts.methods.map(({ title }) => title)).toEqual([
      'loss',
      'reward margin',
      'rewards',
      'KL to the reference, nats',
      'gradient norm',
    ]);
    expect(charts.sft[0]?.lines[0]?.points).toHaveLength(3);
  });
});

test('what lies beside: settings that differ, lengths, dropped rows, value functions, published counts', async () => {
  const model = 'hf:huggyllama/llama-7b@main';
  writeRun(at('kto'), { method: 'kto', outcomes: pairs(6, 2, 4), config: { model, sft: { first: false } } });
  writeRun(at('mine'), { method: './mine.ts', config: { seed: 2 } });
  const { settings, lengths, data, values, published } = await report('kto', 'mine');
  expect(settings.differing.map(({ key }) => key)).toEqual(['method', 'seed', 'sft.first', 'model']);
  expect(settings.all).toContainEqual({ key: 'answers.topP', values: ['0.95', ''] });
  expect(lengths?.models[0]).toMatchObject({
    model: 'kto',
    mean: { value: 15.5 },
    summary: { n: 12, max: 21 },
    cut: { value: 0 },
  });
  expect(lengths?.target).toMatchObject({ mean: { value: 20 }, summary: { n: 12 } });
  expect(data).toMatchObject([
    {
      runs: ['kto', 'mine'],
      changes: [
        { what: 'dropped', why: 'an empty reply', rows: 3 },
        { what: 'repaired', why: 'turns joined', rows: 2 },
        { what: 'dropped', why: 'left out of the mixture', rows: 10 },
      ],
    },
  ]);
  expect(values.curves).toMatchObject([{ runs: ['kto'], name: 'logistic' }]);
  expect(values.without).toEqual([{ run: 'mine', why: expect.stringContaining('archangel values --loss ./mine.ts') }]);
  expect(published.methods.map(({ method }) => method)).toEqual(['unaligned', 'sft', 'kto', 'sft+kto']);
  const kto = published.methods.find(({ method }) => method === 'kto');
  // 210 won and 268 lost of 512.
  const llama = kto?.theirs.find(({ model }) => model === 'Llama 7B');
  expect(llama).toMatchObject({ rate: { value: 227 / 512, n: 512 }, sameAs: ['kto'] });
  expect(kto?.theirs.filter(({ sameAs }) => sameAs.length > 0)).toHaveLength(1);
  expect(kto?.ours).toMatchObject([{ model: 'kto', rate: { value: 7 / 12 } }]);
});

test('cards in a page end no element, and come out as they went in', async () => {
  writeRun(at('kto'), { method: 'kto', outcomes: 'wlt' });
  const { cards } = await report('kto');
  const packed = packCards(cards);
  expect(packed).not.toContain('<');
  const { texts, cards: back } = JSON.parse(packed);
  expect(texts[back[0].answers[0].text]).toBe(hostile);
  expect(texts[back[1].answers[0].text]).toMatch(
    /^long x{99995}\n\[900,005 more characters stand in .*kto-judgments-target-tester\.jsonl\]$/,
  );
  expect(back[2]).toMatchObject({ outcome: 'tie', place: true });
});

describe('the command', () => {
  const said: string[] = [];
  beforeEach(() => {
    vi.spyOn(console, 'log').mockImplementation((line: string) => said.push(line));
    vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test('writes a page, a summary and the numbers', async () => {
    writeRun(at('kto'), { method: 'kto', outcomes: pairs(17, 0, 3) });
    await runReport([at('kto'), '--out', at('out'), '--title', 'First | try']);
    expect(said.join('\n')).toContain('kto beats the target');
    expect((await readdir(at('out'))).sort()).toEqual(['report.html', 'report.json', 'report.md']);
    const json = await readFile(at('out', 'report.json'), 'utf8');
    expect(JSON.parse(json)).toMatchObject({ title: 'First | try', judged: [{ counts: { win: 17 } }], problems: [] });
    expect(json).not.toContain('Answer 5 of the model');
    const markdown = await readFile(at('out', 'report.md'), 'utf8');
    expect(markdown).toContain('# First \\| try');
    expect(markdown).toContain('| kto against target | tester | 85.0 % [64.0, 94.8] | 20 | p = 0.003 |');
  });

  test('a run’s own report is not written over, and what is no run is refused', async () => {
    writeRun(at('kto'), { method: 'kto' });
    const before = await readFile(at('kto', 'report.json'), 'utf8');
    await expect(runReport([at('kto'), '--out', at('kto')])).rejects.toThrow(
      "is a run's folder, whose report.json is its own",
    );
    expect(await readFile(at('kto', 'report.json'), 'utf8')).toBe(before);
    await expect(runReport([at('none')])).rejects.toThrow('none: is no folder.');
    await expect(runReport([])).rejects.toThrow('Say which runs to report');
  });
});
