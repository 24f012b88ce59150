import { currentRanks } from '../ranks/ranks';
import { sayBeside } from '../terminal/progress';

/** A signal that is aborted when the process is asked to stop, as long as somebody listens. */
export interface StopSignal {
  readonly signal: AbortSignal;
  /** No longer listens: the process stops at once then. */
  end(): void;
}

/** Milliseconds in which it is known whether a rank has died. */
const untilKnown = 200;

const afterStep = 'Stopping after this step, which is then saved.';

/**
 * Listens to Ctrl-C and to a plain `kill`, once: the second ends the process as it would any other. Of several ranks, each listens
 * to SIGUSR2 as well, which Open MPI's `mpirun` hands on, as it does not Ctrl-C; and takes no SIGTERM for a wish by which a
 * launcher ends a job that has lost a rank.
 *
 * @param said what the person is told at the first
 */
export function stopSignal(said = afterStep): StopSignal {
  const controller = new AbortController();
  const { job } = currentRanks();
  const wishes: readonly NodeJS.Signals[] = job ? ['SIGINT', 'SIGUSR2'] : ['SIGINT', 'SIGTERM'];
  const end = () => {
    for (const name of wishes) process.off(name, stop);
    process.off('SIGTERM', terminate);
  };
  const stop = () => {
    end();
    sayBeside(`  ${said} Once more stops at once.`);
    controller.abort();
  };
  const terminate = () => {
    setTimeout(() => job?.isEnding() || stop(), untilKnown);
  };
  for (const name of wishes) process.on(name, stop);
  if (job) process.on('SIGTERM', terminate);
  return { signal: controller.signal, end };
}
