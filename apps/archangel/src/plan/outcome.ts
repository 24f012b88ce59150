import { currentRanks } from '../ranks/ranks';
import { cacheFolder } from '../stages/hub';
import { duration } from '../terminal/duration';
import type { Forecast } from './forecast';
import { rememberRun } from './past_runs';
import { gigabytes } from './units';
import type { MemoryWatch } from './watch_memory';

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

/**
 * Does what was forecast, measures it, says how far the forecast was, and remembers that for `archangel plan`.
 *
 * @param memory has been watched since what the forecast of memory is about
 * @param steps what the forecast of time is about
 * @param aside times what is done beside them
 */
export async function measured(
  planned: Forecast | undefined,
  memory: MemoryWatch,
  steps: () => Promise<void>,
  aside: { readonly seconds: number },
): Promise<Outcome | undefined> {
  const [started, before] = [performance.now(), aside.seconds];
  let peak = 0;
  try {
    await steps();
  } finally {
    peak = memory.stop();
  }
  const seconds = (performance.now() - started) / 1000 - (aside.seconds - before);
  if (!planned) return undefined;
  const bytes = compared(planned.peakBytes, peak);
  const likely = planned.seconds && planned.seconds.likely - (planned.secondsBefore?.likely ?? 0);
  const secondsPerStep = likely === undefined ? undefined : compared(likely / planned.steps, seconds / planned.steps);
  const time = secondsPerStep
    ? `, ${Number(secondsPerStep.measured.toPrecision(3))} s a step (${secondsPerStep.ratio.toFixed(2)} x)`
    : '';
  console.log(
    `Measured: ${gigabytes(peak)} of memory at its most (${bytes.ratio.toFixed(2)} x of the forecast)${time}, ` +
      `${duration(seconds)} in all`,
  );
  // What is remembered is one process's on the processor: a graphics processor's, or many ranks', would say nothing about it.
  const isAlone = currentRanks().size === 1;
  if (secondsPerStep && seconds >= worthRemembering && planned.deviceBytes === undefined && isAlone) {
    await rememberRun(cacheFolder(), { memory: bytes.ratio, time: secondsPerStep.ratio });
  }
  return { memory: bytes, ...(secondsPerStep && { secondsPerStep }) };
}

function compared(forecast: number, measured: number): Compared {
  return { forecast, measured, ratio: measured / forecast };
}
