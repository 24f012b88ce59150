// The commands of all documents, by who runs them.
import { readFileSync } from 'node:fs';
import { leftOut, slow } from './docs_left_out';
import { documents, recipeOf, type Step } from './docs_recipe';
import { commandLine, wordsOfApp } from './docs_words';

/** Its commands are for a reader who begins with an empty folder, and docs.test.ts runs each. */
const ownTest = 'docs/add-a-halo.md';
/** Likewise; what a step leaves is there for the next. */
const walkThrough = 'docs/walk-through.md';

const stepsOf = (document: string) => recipeOf(readFileSync(document, 'utf8'));
const linesOf = (document: string) => stepsOf(document).flatMap((step) => (step.kind === 'command' ? [step.line] : []));

/** What a line asks for, however the app is started. */
function sense(line: string): string {
  const command = commandLine(line, '.');
  return JSON.stringify([command.env, wordsOfApp(command) ?? line]);
}

const listed = [...leftOut.flatMap(({ commands }) => commands), ...slow];
const sensesListed = listed.map(sense);
const isRun = (line: string) => !sensesListed.includes(sense(line));

const lines = documents()
  .filter((document) => document !== ownTest && document !== walkThrough)
  .flatMap(linesOf);

/** One line for each thing asked for that a test runs by itself, in whatever order. */
export const quick = [...new Map(lines.filter(isRun).map((line) => [sense(line), line])).values()];

/** The files and commands of the walk-through, in order. */
export const walk: readonly Step[] = stepsOf(walkThrough).filter((step) => step.kind === 'file' || isRun(step.line));

/** What readers install by plain npm, by every document but the one that has its own test. */
export const installs = [...new Set([...lines, ...linesOf(walkThrough)])].filter((line) => /\bnpm install /.test(line));

/** What is listed and in no document any more, or listed twice. */
export function stale(): string[] {
  const said = new Set([...lines, ...linesOf(walkThrough)].map(sense));
  return listed.filter((_, i) => {
    const asked = sensesListed[i] as string;
    return !said.has(asked) || sensesListed.indexOf(asked) !== i;
  });
}
