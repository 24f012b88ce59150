import { sayBeside } from '../terminal/progress';

/** A signal that is aborted when the process is asked to stop, as long as somebody listens. */
export interface StopSignal {
  readonly signal: AbortSignal;
  /** No longer listens: the process stops at once then. */
  end(): void;
}

const afterStep = 'Stopping after this step, which is then saved.';

/**
 * Listens to Ctrl-C and to a plain `kill`, once: the second ends the process as it would any other.
 *
 * @param said what the person is told at the first
 */
export function stopSignal(said = afterStep): StopSignal {
  const controller = new AbortController();
  const end = () => {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  };
  const stop = () => {
    end();
    sayBeside(`  ${said} Once more stops at once.`);
    controller.abort();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return { signal: controller.signal, end };
}
