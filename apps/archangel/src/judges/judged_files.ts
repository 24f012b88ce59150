import { readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import type { BothOrders, Outcome, WinRate } from '@halokit/evaluation';
import { InputError } from '../input_error';
import { writeWhole } from '../stages/run_folder';
import type { Judged } from './judged';
import type { Pairs } from './pairs';
import { slug } from './slug';

/** One pair and what was said of it: a line of `METHOD-judgments-BASELINE-JUDGE.jsonl`. */
export interface JudgedPair extends BothOrders {
  /** Of the prompt. */
  readonly id: string;
  readonly set: string;
  readonly prompt: readonly { readonly role: string; readonly content: string }[];
  readonly candidate: string;
  readonly baseline: string;
  readonly candidateTokens: number;
  readonly baselineTokens?: number;
  /** Of the candidate. */
  readonly outcome: Outcome;
}

/** Where the figures of a judgment are, and the pairs. */
export interface JudgedFiles {
  readonly figures: string;
  readonly pairs: string;
}

/**
 * The files of a judgment, beside the candidate's answers: named by the candidate, what it is compared with, the judge and,
 * unless it is the usual one, the question, so that one judgment does not replace another.
 */
export function judgedFiles({ candidate, baseline }: Pairs, { name, question }: Judged['judge']): JudgedFiles {
  const place = { folder: candidate.folder, method: candidate.method };
  const other = baseline && isWithin(candidate.folder, baseline.folder) ? baseline.method : undefined;
  const against = baseline ? (other ?? `${basename(baseline.folder)}-${baseline.method}`) : 'target';
  const asked = question === undefined || question.name === usual ? '' : `-${slug(question.name)}`;
  const what = `${slug(against)}-${slug(name)}${asked}`;
  const file = (kind: string, type: string) => join(place.folder, `${place.method}-${kind}-${what}.${type}`);
  return { figures: file('judged', 'json'), pairs: file('judgments', 'jsonl') };
}

const usual = 'helpful_harmless_concise';

function isWithin(folder: string, other: string): boolean {
  return relative(folder, other) === '';
}

type Identity = Pick<Judged, 'candidate' | 'baseline' | 'judge'>;

/**
 * Sees that what stands there, if anything, is the same judgment, for it will be replaced: of the same models by the same
 * judge, asked in the same words.
 *
 * @throws InputError where it is another
 */
export async function requireSameJudgment({ figures }: JudgedFiles, judged: Identity): Promise<void> {
  const text = await readFile(figures, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined || identityIn(text) === identity(judged)) return;
  throw new InputError(`${figures}: holds another judgment of the same name. Move it elsewhere, or pass --overwrite.`);
}

function identity({ candidate, baseline, judge }: Identity): string {
  const named = (side: Identity['candidate'] | 'target') => (side === 'target' ? side : [side.model, side.method]);
  return JSON.stringify([named(candidate), named(baseline), judge.name, judge.endpoint, judge.question?.sha256]);
}

/** Of a file that may be damaged. */
function identityIn(text: string): string | undefined {
  try {
    return identity(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Writes what was judged, the pairs first: where there are figures there is what they rest on. */
export async function writeJudged(
  files: JudgedFiles,
  judged: Judged,
  { pairs }: Pairs,
  result: WinRate,
): Promise<void> {
  const lines = pairs.map(({ candidate, baseline, baselineTokens }, i): JudgedPair => {
    const { id, set, prompt, response, tokens } = candidate;
    return {
      ...{ id, set, prompt, candidate: response, baseline, candidateTokens: tokens },
      ...(baselineTokens !== undefined && { baselineTokens }),
      ...(result.judgments[i] as BothOrders),
      outcome: result.outcomes[i] as Outcome,
    };
  });
  await writeWhole(files.pairs, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  await writeWhole(files.figures, `${JSON.stringify(judged, null, 2)}\n`);
}
