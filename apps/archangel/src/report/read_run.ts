import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { isTree, type Tree } from '../config/flags';
import { configFile } from '../stages/run_folder';
import { type Complain, eachLine, readJson, whatIsWrong } from './read_lines';
import { type ReadStage, readStage } from './read_stage';
import {
  type CompletionLine,
  type CompletionsFacts,
  completionLine,
  completionsFacts,
  type JudgedFacts,
  type Judgment,
  judgedFacts,
  judgmentLine,
  type RunFacts,
  type RunReport,
  reportParts,
  runFacts,
} from './run_schemas';

/** A model's answers, by the folder name of the model in its run. */
export interface ReadAnswers {
  readonly method: string;
  readonly file: string;
  readonly facts?: CompletionsFacts;
  readonly lines: readonly CompletionLine[];
}

/** A judging of a model's answers against a baseline by a judge. */
export interface ReadJudging {
  readonly method: string;
  readonly file: string;
  /** Absent where the judging was stopped before its end. */
  readonly facts?: JudgedFacts;
  readonly pairs: readonly Judgment[];
}

/** What a run's folder holds, as far as it can be read. */
export interface ReadRun {
  readonly folder: string;
  /** Empty for a folder that holds only answers and judgments. */
  readonly config: Tree;
  readonly facts?: RunFacts;
  readonly report: RunReport;
  readonly stages: readonly ReadStage[];
  readonly answers: readonly ReadAnswers[];
  readonly judgings: readonly ReadJudging[];
}

/** A model's first answers, and further ones to the same prompts: `kto-completions.jsonl`, `kto-completions-2.jsonl`. */
const answersFile = /^(.+)-completions(-\d+)?\.jsonl$/;

/** Reads a run's folder, or one of answers and judgments alone. What is missing or damaged is said, and the rest is given. */
export async function readRun(folder: string, complain: Complain): Promise<ReadRun | undefined> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
  if (!names) {
    complain(`${folder}: is no folder.`);
    return undefined;
  }
  const endingIn = (pattern: RegExp) => names.filter((name) => pattern.test(name)).sort();
  const isRun = names.includes(configFile);
  const answered = endingIn(answersFile).sort((a, b) => a.length - b.length);
  const judged = new Set(endingIn(/.-(judged|judgments)-.*\.jsonl?$/).map((name) => name.replace(/\.jsonl?$/, '')));
  if (!isRun && answered.length + judged.size === 0) {
    complain(`${folder}: is no run's folder: it has no ${configFile}, no answers and no judgments.`);
    return undefined;
  }
  const trained = endingIn(/.-metrics\.jsonl$/).map((name) => name.replace(/-metrics\.jsonl$/, ''));
  if (isRun && !names.includes('report.json')) complain(`${folder}: ${unfinished(trained)}`);
  const stages = trained.sort((a, b) => Number(b === 'sft') - Number(a === 'sft'));
  return {
    folder,
    config: isRun ? await readConfig(join(folder, configFile), complain) : {},
    facts: await readJson(join(folder, 'run.json'), runFacts, complain),
    report: await readReport(join(folder, 'report.json'), complain),
    stages: await inTurn(stages, (name) => readStage(folder, name, complain)),
    answers: await inTurn(answered, (name) => readAnswers(folder, name, complain)),
    judgings: await inTurn(judgingsOf([...judged]), (judging) => readJudging(folder, judging, complain)),
  };
}

function unfinished(trained: readonly string[]): string {
  const far = trained.length === 0 ? 'has made no step yet' : 'has not finished, or was stopped';
  return `the run ${far}: there are no figures on held-out examples, and no counts of its data.`;
}

async function readConfig(file: string, complain: Complain): Promise<Tree> {
  try {
    const value: unknown = parse(await readFile(file, 'utf8'));
    if (isTree(value)) return value;
  } catch {
    // Said below.
  }
  complain(`${file}: is damaged, and left out.`);
  return {};
}

async function readReport(file: string, complain: Complain): Promise<RunReport> {
  const whole = await readJson(file, z.record(z.string(), z.unknown()), complain);
  const parts = Object.entries(reportParts).map(([key, schema]) => {
    if (whole?.[key] === undefined) return [key, undefined];
    const { data, error } = z.object({ [key]: schema }).safeParse(whole);
    if (error) complain(`${file}: ${whatIsWrong(error)}; "${key}" is left out.`);
    return [key, data?.[key]];
  });
  return Object.fromEntries(parts);
}

async function readAnswers(folder: string, name: string, complain: Complain): Promise<ReadAnswers> {
  const file = join(folder, name);
  const [, method = '', sample = ''] = answersFile.exec(name) ?? [];
  const lines: CompletionLine[] = [];
  await eachLine(file, completionLine, complain, (line) => lines.push(line));
  const facts = await readJson(join(folder, `${method}-completions.json`), completionsFacts, complain);
  return { method: method + sample, file, facts, lines };
}

interface JudgingFiles {
  readonly method: string;
  readonly rest: string;
}

/** Names without their endings, `kto-judged-target-gpt` and `kto-judgments-target-gpt`, as the one judging that they are of. */
function judgingsOf(names: readonly string[]): JudgingFiles[] {
  const found = names.map((name) => /^(.+?)-(?:judged|judgments)-(.*)$/.exec(name) as RegExpExecArray);
  const keys = new Map(found.map(([, method = '', rest = '']) => [`${method}/${rest}`, { method, rest }]));
  return [...keys.values()];
}

async function readJudging(folder: string, { method, rest }: JudgingFiles, complain: Complain): Promise<ReadJudging> {
  const [summary, file] = [
    join(folder, `${method}-judged-${rest}.json`),
    join(folder, `${method}-judgments-${rest}.jsonl`),
  ];
  const pairs: Judgment[] = [];
  await eachLine(file, judgmentLine, complain, (line) => pairs.push(line));
  const facts = await readJson(summary, judgedFacts, complain);
  if (!facts) complain(`${file}: has no figures beside it: the judging was not finished.`);
  return { method, file, facts, pairs };
}

/** One after another, so that what is said of them comes in order. */
async function inTurn<A, B>(items: readonly A[], read: (item: A) => Promise<B>): Promise<B[]> {
  const results: B[] = [];
  for (const item of items) results.push(await read(item));
  return results;
}
