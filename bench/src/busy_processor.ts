import { cpus } from 'node:os';

/** Measures how much of the processor programs take that are not the one being measured. */
export interface BusyProcessor {
  /**
   * The share of all cores, 0 to 1, that others have taken since the start.
   *
   * @param ownSeconds processor time of the program being measured
   */
  others(ownSeconds: number): number;
}

/** Starts measuring now. */
export function watchProcessor(read: () => readonly ProcessorTimes[] = cpus): BusyProcessor {
  const start = total(read());
  return {
    others(ownSeconds) {
      const end = total(read());
      const all = end.all - start.all;
      return all === 0 ? 0 : Math.max(0, (end.busy - start.busy - ownSeconds) / all);
    },
  };
}

/** As `os.cpus()` gives them for each core, in milliseconds. */
export interface ProcessorTimes {
  readonly times: Readonly<Record<'user' | 'nice' | 'sys' | 'idle' | 'irq', number>>;
}

function total(cores: readonly ProcessorTimes[]): { busy: number; all: number } {
  const sum = (of: (times: ProcessorTimes['times']) => number) =>
    cores.reduce((seconds, { times }) => seconds + of(times) / 1000, 0);
  const busy = sum(({ user, nice, sys, irq }) => user + nice + sys + irq);
  return { busy, all: busy + sum(({ idle }) => idle) };
}
