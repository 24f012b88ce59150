import { open } from 'node:fs/promises';
import type { StepEvent } from '../train';

/** A `metrics.jsonl`: one line per step with `step`, `epoch` and the metrics by TRL's names. */
export interface MetricsFile {
  append(event: StepEvent): Promise<void>;
  close(): Promise<void>;
}

/** Creates the file, or empties it. Each step's line is whole on disk before `append` resolves. */
export async function openMetricsFile(path: string): Promise<MetricsFile> {
  const file = await open(path, 'w');
  return {
    async append({ step, epoch, metrics }) {
      await file.write(`${JSON.stringify({ step, epoch, ...metrics })}\n`);
    },
    close: () => file.close(),
  };
}
