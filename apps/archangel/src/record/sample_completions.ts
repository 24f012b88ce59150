import { join } from 'node:path';
import type { CausalLM } from '@halokit/models';
import type { StageObserver } from '../stages/observers';
import { type Answer, type AnswerOptions, answerPrompts } from './answer_prompts';
import { appendLog, cutLog } from './jsonl_log';
import type { Stopwatch } from './stopwatch';

export interface SampleCompletionsOptions extends AnswerOptions {
  /** The run's folder, and the loss whose stage this is: answers go to `LOSS-samples.jsonl`. */
  readonly folder: string;
  readonly loss: string;
  readonly model: CausalLM;
  readonly prompts: readonly Int32Array[];
  /** Updates between two answers; absent: a tenth of the stage. */
  readonly every?: number;
  /** Times the answering. */
  readonly stopwatch: Stopwatch;
  /** Told the answers as they come, which are in the file by then. */
  readonly onAnswers?: (step: number, answers: readonly Answer[]) => void;
}

/**
 * Asks the model that is trained the same prompts before the first step, every so many steps and after the last, and writes
 * its answers down, a line each: `step`, `prompt`, `response`, `finished`. It changes nothing of the training.
 */
export function sampleCompletions(options: SampleCompletionsOptions): StageObserver {
  const { folder, loss, model, prompts, stopwatch, onAnswers } = options;
  const path = join(folder, `${loss}-samples.jsonl`);
  let every = Number.POSITIVE_INFINITY;
  const ask = async (step: number) => {
    const answers = await stopwatch.time(() => answerPrompts(model, prompts, options));
    await appendLog(
      path,
      answers.map((answer) => ({ step, ...answer })),
    );
    onAnswers?.(step, answers);
  };
  return {
    async begin(steps, done) {
      every = options.every ?? Math.max(1, Math.round(steps / 10));
      await cutLog(path, done);
      if (done === 0) await ask(0);
    },
    async onStep({ step, steps }) {
      if (step % every === 0 || step === steps) await ask(step);
    },
  };
}
