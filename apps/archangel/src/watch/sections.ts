import { html } from '../figures/html';
import type { Answer } from '../record/answer_prompts';
import { duration } from '../terminal/duration';
import { whole } from '../terminal/numbers';
import { chartsOf } from './charts';
import { lineChart } from './line_chart';
import { secondsLeft, type WatchedRun, type WatchedStage } from './watched_run';

/** The parts of the page that change, each on its own, so that what has not changed stays as the reader left it. */
export const sectionNames = ['status', 'notes', 'curves', 'samples', 'earlier'] as const;

export type Sections = Readonly<Record<(typeof sectionNames)[number], string>>;

/** The run as HTML. Texts of a person or a model are shown as they are, whatever they hold. */
export function sectionsOf(run: WatchedRun): Sections {
  const stage = run.stages.at(-1);
  const earlier = run.stages.slice(0, -1);
  return {
    status: stage ? status(run, stage) : '<p>Getting ready.</p>',
    notes: run.notes.map((note) => `<p class="note">${html(note)}</p>`).join('\n'),
    curves: stage ? chartsOf(stage).map(lineChart).join('\n') : '',
    samples: stage ? samples(stage) : '',
    earlier: earlier.map(earlierStage).join('\n'),
  };
}

function status({ ending }: WatchedRun, stage: WatchedStage): string {
  const { label, step, steps } = stage;
  const end = ending === undefined ? '' : `\n<pre>${html(ending)}</pre>`;
  return `<p><b>${html(label)}</b> step ${whole(step)} of ${whole(steps)}, ${progressWords(stage)}</p>
<progress max="${steps}" value="${step}"></progress>${end}`;
}

function progressWords(stage: WatchedStage): string {
  if (stage.ended) return stage.ended;
  const left = secondsLeft(stage);
  return left === undefined ? 'beginning' : `${duration(left)} left`;
}

function samples({ answers }: WatchedStage): string {
  const [first, latest] = [answers[0], answers.at(-1)];
  if (!first || !latest) return '';
  const shown = first === latest ? [latest] : [first, latest];
  const prompts = latest.answers.map(({ prompt }, i) => {
    const said = shown.map(({ step, answers }) => answerHtml(step, answers[i] as Answer));
    return `<article><pre class="prompt">${html(prompt.trim())}</pre>\n${said.join('\n')}</article>`;
  });
  return `<h2>Answers to held-out prompts</h2>\n${prompts.join('\n')}`;
}

function answerHtml(step: number, { response, finished }: Answer): string {
  const when = step === 0 ? 'before the first step' : `after step ${whole(step)}`;
  return `<p class="faint">${when}</p><pre>${html(response.trim())}${finished ? '' : ' …'}</pre>`;
}

function earlierStage(stage: WatchedStage): string {
  return `<details><summary>${html(stage.label)}, ${whole(stage.step)} steps</summary>
<div class="charts">${chartsOf(stage).map(lineChart).join('\n')}</div>
${samples(stage)}</details>`;
}
