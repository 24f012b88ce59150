import { mkdir, open } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { StepEvent } from '../../train';
import { encodeEvent, type TensorboardEvent } from './event';
import { record } from './record';

/** The curves of a run as TensorBoard reads them: one scalar for each metric of each step. */
export interface EventsFile {
  append(event: Pick<StepEvent, 'step' | 'metrics'>): Promise<void>;
  close(): Promise<void>;
}

/**
 * Begins a file of TensorBoard's events in a folder, which it makes: `tensorboard --logdir FOLDER` shows it.
 *
 * Every start of a run has a file of its own. The first event of one says where it starts, and TensorBoard then drops what
 * files before it hold from there on, so a resumed run leaves one curve.
 *
 * @param now milliseconds since 1970; for tests
 *
 * @example
 * const events = await openEventsFile('runs/kto/tensorboard');
 * for await (const event of train(options)) await events.append(event);
 * await events.close();
 */
export async function openEventsFile(folder: string, now: () => number = Date.now): Promise<EventsFile> {
  await mkdir(folder, { recursive: true });
  // TensorBoard takes files in the order of their names. `wx`: another start within the second has another number.
  const seconds = String(Math.floor(now() / 1000)).padStart(10, '0');
  const name = (n: number) => `events.out.tfevents.${seconds}.${hostname()}.${process.pid}.${n}`;
  const file = await firstFree((n) => open(join(folder, name(n)), 'wx'));
  const write = (event: Omit<TensorboardEvent, 'wallTime'>) =>
    file.writeFile(record(encodeEvent({ wallTime: now() / 1000, ...event })));
  await write({ fileVersion: 'brain.Event:2' });
  let started = false;
  return {
    async append({ step, metrics }) {
      if (!started) await write({ step, starts: true });
      started = true;
      await write({ step, scalars: metrics });
    },
    close: () => file.close(),
  };
}

async function firstFree<T>(attempt: (n: number) => Promise<T>): Promise<T> {
  for (let n = 0; ; n++) {
    try {
      return await attempt(n);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
