import type { Answer } from '../record/answer_prompts';
import { readLog } from '../record/jsonl_log';
import type { StageObserver } from '../stages/observers';
import type { ServedPage } from './serve_page';
import { addStep, type WatchedRun, type WatchedStage } from './watched_run';

/** A page that shows a run as it goes. */
export interface Watch {
  readonly run: WatchedRun;
  readonly page: ServedPage;
}

/** A metrics file's line. */
interface MetricsLine {
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly [metric: string]: number;
}

/** Shows a stage on the page, from its first step: what was done before this start is read from its files. */
export function watchStage(
  { run, page }: Watch,
  label: string,
  files: { readonly metrics: string; readonly samples: string },
): StageObserver {
  let stage: WatchedStage | undefined;
  return {
    async begin(steps, done) {
      stage = run.begin(label, steps, done);
      if (done > 0) {
        for (const { step, epoch: _, ...metrics } of await readLog<MetricsLine>(files.metrics, done)) {
          addStep(stage, { step, metrics });
        }
        for (const { step, ...answer } of await readLog<Answer & { step: number }>(files.samples, done)) {
          addAnswers(stage, step, [answer]);
        }
      }
      page.changed();
    },
    onStep(event) {
      if (stage) addStep(stage, event);
      page.changed();
    },
    end(finished) {
      if (stage) stage.ended = finished ? 'finished' : 'stopped';
      page.changed();
    },
  };
}

/** Shows answers of the stage that is under way. */
export function showAnswers({ run, page }: Watch, step: number, answers: readonly Answer[]): void {
  const stage = run.stages.at(-1);
  if (stage) addAnswers(stage, step, answers);
  page.changed();
}

function addAnswers({ answers: all }: WatchedStage, step: number, answers: readonly Answer[]): void {
  const last = all.at(-1);
  if (last?.step === step) all[all.length - 1] = { step, answers: [...last.answers, ...answers] };
  else all.push({ step, answers });
}
