import { mkdir, readFile } from 'node:fs/promises';
import { cpus, hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../stages/run_folder';

/** How far a forecast was from what was then measured: measured divided by estimated. */
export interface PastRun {
  readonly machine: string;
  readonly memory: number;
  readonly time: number;
}

const file = 'forecasts.json';

/** Runs that are remembered, the latest. */
const kept = 50;

const schema = z.array(z.object({ machine: z.string(), memory: z.number(), time: z.number() }));

/** What tells this machine from others. */
function thisMachine(): string {
  return `${hostname()}, ${cpus()[0]?.model.trim() ?? process.arch}, ${cpus().length} cores`;
}

/** The runs of this machine. A file that is not there, or that cannot be read, holds none. */
export async function pastRuns(cache: string): Promise<PastRun[]> {
  const machine = thisMachine();
  return (await readAll(cache)).filter((run) => run.machine === machine);
}

/** Remembers a run, of any machine that shares the cache. */
export async function rememberRun(cache: string, run: Omit<PastRun, 'machine'>): Promise<void> {
  const runs = [...(await readAll(cache)), { machine: thisMachine(), ...run }].slice(-kept);
  await mkdir(cache, { recursive: true });
  await writeWhole(join(cache, file), JSON.stringify(runs, null, 2));
}

async function readAll(cache: string): Promise<PastRun[]> {
  try {
    return schema.parse(JSON.parse(await readFile(join(cache, file), 'utf8')));
  } catch {
    return [];
  }
}

/** How far the forecasts were here, as a sentence. */
export function pastWords(runs: readonly PastRun[]): string {
  if (runs.length === 0) return 'No run was measured on this machine before.';
  const range = (of: (run: PastRun) => number) => {
    const [low, high] = [Math.min(...runs.map(of)), Math.max(...runs.map(of))].map((ratio) => ratio.toFixed(2));
    return low === high ? `${low} x` : `${low} to ${high} x`;
  };
  return (
    `Measured on this machine before, in ${runs.length} ${runs.length === 1 ? 'run' : 'runs'}: ` +
    `time ${range(({ time }) => time)}, memory ${range(({ memory }) => memory)} of the forecast.`
  );
}
