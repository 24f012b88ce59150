import { whole } from '../terminal/numbers';
import type { DataReport, SourceReport } from './look_at_data';
import type { ShownExample } from './shown_examples';

/** The end of a source's name, where all of it would break a table. */
export function shortSource(name: string): string {
  return name.length > 32 ? `…${name.slice(-31)}` : name;
}

/** What a mixture takes of a source, where it is not all there is. */
export function takenOf({ held, taken, weight, cap }: SourceReport): string {
  if (weight === 1 && cap === undefined) return '';
  const limits = [...(weight === 1 ? [] : [`weight ${weight}`]), ...(cap === undefined ? [] : [`cap ${whole(cap)}`])];
  return `; ${limits.join(', ')}: ${whole(taken)} taken of ${whole(held)} examples`;
}

/** How many of each class are trained on, and with which weights they count the same. */
export function classLine({ kind, classes }: DataReport): string {
  const { desirable, undesirable, weights } = classes;
  const counts = `${whole(desirable)} desirable and ${whole(undesirable)} undesirable`;
  const those = kind === 'preferences' ? `Taken apart, the pairs to train on are ${counts}` : `To train on: ${counts}`;
  if (!weights) return `${those}. A class is missing: what compares classes cannot be trained on this.`;
  const ratio = desirable / undesirable;
  const odds = ratio >= 1 ? `${short(ratio)} to 1` : `1 to ${short(1 / ratio)}`;
  const { desirableWeight, undesirableWeight } = weights;
  return `${those} (${odds}). Suggested weights: ${short(desirableWeight)} and ${short(undesirableWeight)}, which train takes by itself.`;
}

/** Cells of the table of lengths. */
export function lengthRows({ lengths }: DataReport): string[][] {
  return Object.entries(lengths).map(([name, { n, median, p90, p99, max }]) => [
    name === 'row' ? 'prompt and response' : name,
    ...[n, median, p90, p99, max].map(whole),
  ]);
}

/** How many prompts are on each side. */
export function promptLine({ prompts, sharedPrompts }: DataReport): string {
  if (!prompts) return 'Prompts: each is on one side; read as a stream, they are not counted.';
  const counts = `Prompts: ${whole(prompts.train)} to train on, ${whole(prompts.heldOut)} held out, none in both.`;
  return sharedPrompts > 0 ? `${counts} ${whole(sharedPrompts)} are in more than one source.` : counts;
}

/** Where an example is from. */
export function exampleTitle({ set, source, line, prompt }: ShownExample): string {
  return `${set === source ? '' : `${set}: `}${source}, line ${line}; prompt of ${times(prompt.tokens, 'token')}`;
}

/** What the limits cut, and which ones would suit. */
export function adviceLines({ limits, suggested }: DataReport): string[] {
  const { maxLength, maxPromptLength, rowsCut, promptsLonger, lastTurnTooLong } = limits;
  const stops =
    lastTurnTooLong === 0
      ? []
      : [
          `${times(lastTurnTooLong, 'prompt')} ${lastTurnTooLong === 1 ? 'has' : 'have'} a last turn that alone is longer: ` +
            'train stops there, unless told --long-prompts cut or drop.',
        ];
  return [
    `At --max-prompt-length ${maxPromptLength}, ${times(promptsLonger, 'prompt')} ${are(promptsLonger)} longer and ${lose(promptsLonger)} first turns.`,
    ...stops,
    `At --max-length ${maxLength}, ${times(rowsCut, 'row')} ${are(rowsCut)} longer still and ${lose(rowsCut)} the end of a response.`,
    `Suggested, as 99 in 100 fit: --max-length ${suggested.maxLength} --max-prompt-length ${suggested.maxPromptLength}; ` +
      `${times(suggested.rowsLonger, 'row')} and ${times(suggested.promptsLonger, 'prompt')} are longer.`,
  ];
}

function are(count: number): string {
  return count === 1 ? 'is' : 'are';
}

function lose(count: number): string {
  return count === 1 ? 'loses' : 'lose';
}

function times(count: number, noun: string): string {
  return `${whole(count)} ${noun}${count === 1 ? '' : 's'}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)));
}
