import { visible } from '../terminal/visible';
import { isOrderDependent, type Judged } from './judged';
import { modelLabel, type ReportRun } from './report_run';
import type { Judgment } from './run_schemas';

/** Answers to one prompt, to be read side by side. */
export interface Card {
  /** What is compared: two models and a judge, or answers that nobody judged. */
  readonly group: string;
  readonly set: string;
  readonly outcome: string;
  readonly prompt: string;
  readonly answers: readonly {
    readonly name: string;
    readonly text: string;
    readonly tokens?: number;
    readonly note?: string;
  }[];
  /** What the judge said, in both orders. */
  readonly said: readonly string[];
  /** Whether the judge preferred a place. */
  readonly orderDependent: boolean;
}

/** Letters of a text that go into the page: the whole stands in the file. */
const longest = 100_000;

/** Judged pairs; where a model's answers were not judged, they beside the targets; where none were drawn, those on the way. */
export function cardsOf(runs: readonly ReportRun[], judged: readonly Judged[], most: number): Card[] {
  const seen = new Set(judged.map(({ candidate }) => candidate));
  const cards = [
    ...judged.flatMap((one) => one.pairs.slice(0, most).map((pair) => judgedCard(one, pair))),
    ...unjudged(runs, seen, most),
  ];
  return cards.length > 0 ? cards : runs.flatMap(onTheWay);
}

function judgedCard({ candidate, baseline, judge, file }: Judged, pair: Judgment): Card {
  const { set, prompt, ahead, behind, outcome } = pair;
  const answer = (name: string, text: string, tokens: number | undefined) => ({
    name,
    text: shown(text, file),
    ...(tokens !== undefined && { tokens }),
  });
  return {
    group: `${candidate} against ${baseline}, by ${judge}`,
    ...{ set, outcome },
    prompt: promptText(prompt, file),
    answers: [
      answer(candidate, pair.candidate, pair.candidateTokens),
      answer(baseline, pair.baseline, pair.baselineTokens),
    ],
    said: [ahead, behind].map(({ verdict, said }, i) => {
      const first = i === 0 ? candidate : baseline;
      return `${first} first: ${verdict}${said.trim() === '' ? '' : `\n${shown(said, file)}`}`;
    }),
    orderDependent: isOrderDependent(pair),
  };
}

/** Answers that no judge saw, those to one prompt next to each other. */
function unjudged(runs: readonly ReportRun[], seen: ReadonlySet<string>, most: number): Card[] {
  const cards = new Map<string, Card>();
  for (const run of runs) {
    for (const { method, file, lines } of run.answers) {
      const name = modelLabel(run, method);
      if (seen.has(name)) continue;
      for (const { id, set, prompt, response, tokens, finished, target, targetTokens } of lines.slice(0, most)) {
        const beside =
          target === undefined ? [] : [{ name: 'target', text: shown(target, file), tokens: targetTokens }];
        const card = cards.get(id) ?? {
          group: 'answers, not judged',
          ...{ set, outcome: '', prompt: promptText(prompt, file), answers: beside, said: [], orderDependent: false },
        };
        const note = finished ? undefined : 'cut at the limit';
        cards.set(id, { ...card, answers: [...card.answers, { name, text: shown(response, file), tokens, note }] });
      }
    }
  }
  return [...cards.values()];
}

/** The first and the last answers of the stage that a run ended with, to the prompts that it asked on the way. */
function onTheWay({ label, stages, folder }: ReportRun): Card[] {
  const { name, samples } = stages.at(-1) ?? { name: '', samples: [] };
  const steps = [...new Set(samples.map(({ step }) => step))];
  const shownSteps = [...new Set([steps[0], steps.at(-1)])];
  const file = `${folder}/${name}-samples.jsonl`;
  return samples
    .filter(({ step }) => step === steps[0])
    .map(({ prompt }) => ({
      group: `${label}: answers on the way`,
      ...{ set: '', outcome: '', prompt: shown(prompt, file), said: [], orderDependent: false },
      answers: samples
        .filter((sample) => sample.prompt === prompt && shownSteps.includes(sample.step))
        .map(({ step, response, finished }) => ({
          name: step === 0 ? 'before the first step' : `after step ${step}`,
          text: shown(response, file),
          note: finished ? undefined : 'cut at the limit',
        })),
    }));
}

function promptText(prompt: Judgment['prompt'], file: string): string {
  if (typeof prompt === 'string') return shown(prompt, file);
  const [only, more] = prompt;
  if (only?.role === 'user' && more === undefined) return shown(only.content, file);
  return shown(prompt.map(({ role, content }) => `${role}: ${content}`).join('\n\n'), file);
}

/** A text as a page may show it: without letters that move others, and not without end. */
function shown(text: string, file: string): string {
  if (text.length <= longest) return visible(text);
  const rest = (text.length - longest).toLocaleString('en-US');
  return `${visible(text.slice(0, longest))}\n[${rest} more characters stand in ${file}]`;
}
