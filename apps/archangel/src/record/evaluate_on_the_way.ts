import { join } from 'node:path';
import type { Figure } from '../held_out/figure';
import { agreed } from '../ranks/agreed';
import { currentRanks } from '../ranks/ranks';
import type { StageObserver } from '../stages/observers';
import { appendLog, cutLog } from './jsonl_log';
import type { Stopwatch } from './stopwatch';

export interface EvaluateOptions {
  /** The run's folder, and the loss whose stage this is: figures go to `LOSS-evaluation.jsonl`. */
  readonly folder: string;
  readonly loss: string;
  /** Updates between two evaluations. */
  readonly every: number;
  readonly evaluate: () => Promise<readonly Figure[]>;
  /** Times the evaluations. */
  readonly stopwatch: Stopwatch;
  /** Told the figures as they come, which are in the file by then. */
  readonly onFigures?: (step: number, figures: readonly Figure[]) => void;
}

/**
 * Measures the model that is trained on held-out examples every so many steps, and writes a line each time: `step`, and of every
 * figure its `value`, `low` and `high`. After the last step the run is measured anyway. It changes nothing of the training.
 * All ranks measure, the first writes, and where it cannot, no rank measures any more.
 */
export function evaluateOnTheWay(options: EvaluateOptions): StageObserver {
  const { folder, loss, every, evaluate, stopwatch, onFigures } = options;
  const path = join(folder, `${loss}-evaluation.jsonl`);
  const byFirst = (write: () => Promise<void>) =>
    agreed(async () => (currentRanks().first ? await write() : undefined));
  return {
    begin: (_, done) => byFirst(() => cutLog(path, done)),
    async onStep({ step, steps }) {
      if (step % every !== 0 || step === steps) return;
      const figures = await stopwatch.time(evaluate);
      const numbers = figures.map(({ name, estimate: { value, low, high } }) => [name, { value, low, high }] as const);
      await byFirst(() => appendLog(path, [{ step, ...Object.fromEntries(numbers) }]));
      onFigures?.(step, figures);
    },
  };
}
