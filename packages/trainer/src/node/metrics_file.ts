import { type FileHandle, open } from 'node:fs/promises';
import { InputError } from '../input_error';
import type { StepEvent } from '../train';

/** A `metrics.jsonl`: one line per step with `step`, `epoch` and the metrics by TRL's names. */
export interface MetricsFile {
  append(event: Pick<StepEvent, 'step' | 'epoch' | 'metrics'>): Promise<void>;
  /**
   * Puts all lines on the disk, and says how many bytes they are: what a checkpoint keeps.
   *
   * @throws the system's error (ENOSPC) where there is no room; the lines are kept, and tried again
   */
  sync(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Creates the file, or empties it. Each step's line is whole in the file before `append` resolves, unless the disk is full:
 * then lines are kept, and written as soon as there is room.
 *
 * @param options.at goes on behind so many bytes, the `metricsBytes` of a checkpoint, and cuts off what was behind them; a
 * file that is gone begins there
 * @throws InputError for a file that is shorter
 */
export async function openMetricsFile(path: string, { at = 0 }: { readonly at?: number } = {}): Promise<MetricsFile> {
  const file = await openAt(path, at);
  let position = (await file.stat()).size;
  let waiting = Buffer.alloc(0);
  const write = async () => {
    while (waiting.length > 0) {
      const { bytesWritten } = await file.write(waiting, 0, waiting.length, position);
      position += bytesWritten;
      waiting = waiting.subarray(bytesWritten);
    }
  };
  return {
    async append({ step, epoch, metrics }) {
      waiting = Buffer.concat([waiting, Buffer.from(`${JSON.stringify({ step, epoch, ...metrics })}\n`)]);
      await write().catch((error) => {
        if (error.code !== 'ENOSPC') throw error;
      });
    },
    async sync() {
      await write();
      await file.sync();
      return position;
    },
    async close() {
      try {
        await write();
      } finally {
        await file.close();
      }
    },
  };
}

async function openAt(path: string, at: number): Promise<FileHandle> {
  if (at === 0) return open(path, 'w');
  const file = await open(path, 'r+').catch((error) => {
    if (error.code === 'ENOENT') return open(path, 'w');
    throw error;
  });
  const { size } = await file.stat();
  if (size >= at) await file.truncate(at);
  else if (size > 0) {
    await file.close();
    throw new InputError(
      `${path}: holds ${size} bytes, and the checkpoint was saved at ${at}: it was changed since. Remove it to begin it anew there.`,
    );
  }
  return file;
}
