import type { StepEvent } from '@halokit/trainer';
import { stepNote } from '../record/step_note';
import { type Progress, progress } from '../terminal/progress';

/** Follows a stage without changing what it computes. */
export interface StageObserver {
  /** Before the first step. @param done updates made before, in a run that goes on */
  begin?(steps: number, done: number): void | Promise<void>;
  /** After every update; the next one waits for it. */
  onStep?(event: StepEvent): void | Promise<void>;
  /** At the end, whatever ended it. @param finished whether all steps were made */
  end?(finished: boolean): void | Promise<void>;
}

/** How far a stage has come, its latest metrics, and when it will be done. */
export function stepProgress(label: string): StageObserver {
  let bar: Progress | undefined;
  return {
    begin(steps, done) {
      bar = progress(label, steps, process.stderr, done);
    },
    onStep: ({ step, metrics }) => bar?.update(step, stepNote(metrics)),
    end: (finished) => (finished ? bar?.end() : bar?.stop()),
  };
}
