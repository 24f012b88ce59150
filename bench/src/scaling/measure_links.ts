import { createRequire } from 'node:module';
import { loadavg } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Hosts, hosts } from '../../../packages/distributed/test/hosts';
import { type Launcher, launchers, missingLauncher } from '../../../packages/distributed/test/launchers';
import { InputError } from '../input_error';
import { machine } from '../machine';
import type { Summary } from '../statistics';
import type { LinkPoint, Links } from './links';

const program = fileURLToPath(new URL('program.ts', import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const rankCounts = [2, 4];
/** Bytes of arrays by a line's rate, of which it takes 0.03 s to 1.4 s: far more than it lets pass before it slows them down. */
const sizesOf = new Map([
  [100e6, [2 ** 20, 2 ** 22, 2 ** 24]],
  [1e9, [2 ** 22, 2 ** 24, 2 ** 26]],
]);

/** Milliseconds that one launcher has, to begin and for each round: twice what the slowest took. */
const patience = { toBegin: 30_000, aRound: 12_000 };

/**
 * Times all-reduces between hosts that this machine pretends to be.
 *
 * @throws InputError where it cannot
 */
export async function measureLinks(rounds: number): Promise<Links> {
  const there = launchers.filter((launcher) => missingLauncher(launcher) === undefined);
  if (there.length === 0) throw new InputError(`scaling measures all-reduces: ${missingLauncher('openmpi')}.`);
  const { cpu, cores } = machine();
  const load = Number((loadavg()[0] as number).toFixed(1));
  const points: LinkPoint[] = [];
  const hung: string[] = [];
  let shaper = '';
  for (const ranks of rankCounts) {
    const made = hosts(ranks);
    if (typeof made === 'string') throw new InputError(`scaling measures between network namespaces: ${made}.`);
    shaper = made.shaper;
    try {
      for (const bitsPerSecond of sizesOf.keys()) {
        made.limit(bitsPerSecond);
        for (const launcher of there) {
          const job = `${launcher}, ${ranks} ranks, ${bitsPerSecond / 1e6} Mbit/s`;
          console.error(job);
          const timed = await pointsOf(made, launcher, ranks, bitsPerSecond, rounds);
          if (timed) points.push(...timed);
          else hung.push(job);
        }
      }
    } finally {
      made.stop();
    }
  }
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpu}, ${cores} cores`,
    load,
    cores,
    shaper,
    points,
    hung,
  };
}

async function pointsOf(
  made: Hosts,
  launcher: Launcher,
  ranks: number,
  bitsPerSecond: number,
  rounds: number,
): Promise<LinkPoint[] | undefined> {
  const fromSource = ['--conditions=@halokit/source', '--import', tsx];
  const command = [
    process.execPath,
    ...fromSource,
    program,
    JSON.stringify({ rounds, sizes: sizesOf.get(bitsPerSecond) }),
  ];
  const line = await lineOf(made, launcher, command, patience.toBegin + rounds * patience.aRound);
  if (line === undefined) return undefined;
  const { library, seconds }: { library: string; seconds: Record<string, Summary> } = JSON.parse(line);
  const { 4: ofOne, ...others } = seconds;
  const secondsOfOne = rounded((ofOne as Summary).median);
  return Object.entries(others).map(([bytes, { median, low, high }]) => ({
    ...{ library, ranks, bitsPerSecond, bytes: Number(bytes) },
    ...{ seconds: rounded(median), range: [rounded(low), rounded(high)], secondsOfOne },
  }));
}

function rounded(seconds: number): number {
  return Number(seconds.toPrecision(4));
}

/** What rank 0 says. Where ranks hang, they are started again; undefined where they hang every time. */
async function lineOf(
  made: Hosts,
  launcher: Launcher,
  command: readonly string[],
  patience: number,
  tries = 3,
): Promise<string | undefined> {
  const { child, ended } = made.start(launcher, command);
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
    for (const host of made.addresses.keys()) for (const pid of made.processes(host)) process.kill(pid, 'SIGKILL');
    child.kill('SIGKILL');
  }, patience);
  const { status, text } = await ended;
  clearTimeout(late);
  const line = text.split('\n').find((line) => line.startsWith('{'));
  if (status === 0 && line !== undefined) return line;
  if (isLate) return tries > 1 ? lineOf(made, launcher, command, patience, tries - 1) : undefined;
  throw new Error(`${launcher} ended with status ${status}.\n${text}`);
}
