import { cacheFolder } from '../stages/hub';
import { duration } from '../terminal/duration';
import type { Forecast } from './forecast';
import { rememberRun } from './past_runs';
import { gigabytes } from './plan_text';
import { watchMemory } from './watch_memory';

/** A forecast beside what was then measured: bytes, and seconds a step. */
export interface Outcome {
  readonly memory: Compared;
  readonly secondsPerStep?: Compared;
}

interface Compared {
  readonly forecast: number;
  readonly measured: number;
  /** Measured divided by forecast. */
  readonly ratio: number;
}

/** Runs that took less, in seconds, say more about starting than about steps, and are not remembered. */
const worthRemembering = 30;

/** Does what was forecast, measures it, says how far the forecast was, and remembers that for `archangel plan`. */
export async function measured(planned: Forecast | undefined, work: () => Promise<void>): Promise<Outcome | undefined> {
  const watch = watchMemory();
  const started = performance.now();
  let peak = 0;
  try {
    await work();
  } finally {
    peak = watch.stop();
  }
  const seconds = (performance.now() - started) / 1000;
  if (!planned) return undefined;
  const memory = compared(planned.peakBytes, peak);
  const secondsPerStep = planned.seconds && compared(planned.seconds.likely / planned.steps, seconds / planned.steps);
  const time = secondsPerStep
    ? `, ${Number(secondsPerStep.measured.toPrecision(3))} s a step (${secondsPerStep.ratio.toFixed(2)} x)`
    : '';
  console.log(
    `Measured: ${gigabytes(peak)} of memory at its most (${memory.ratio.toFixed(2)} x of the forecast)${time}, ` +
      `${duration(seconds)} in all`,
  );
  if (secondsPerStep && seconds >= worthRemembering) {
    await rememberRun(cacheFolder(), { memory: memory.ratio, time: secondsPerStep.ratio });
  }
  return { memory, ...(secondsPerStep && { secondsPerStep }) };
}

function compared(forecast: number, measured: number): Compared {
  return { forecast, measured, ratio: measured / forecast };
}
