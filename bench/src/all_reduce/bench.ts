import { fileURLToPath } from 'node:url';
import { type Command, childLines } from '../child_lines';
import { InputError } from '../input_error';
import { machine } from '../machine';
import type { Options } from '../options';
import { progress } from '../progress';
import { ourCommand } from '../train_step/commands';
import { findMpi4py } from './find_mpi4py';
import { families, findLauncher, onRanks } from './launch';
import type { Job, Measure, Outcome } from './protocol';
import { type Measured, report } from './report';

/** The gradients of Pythia-70m, 1 MB, 64 KB; of so few calls that sums of ones over eight ranks stay float32s. */
const measures: readonly Measure[] = [
  { bytes: 280_000_000, calls: 1, times: 7 },
  { bytes: 1 << 20, calls: 40, times: 10 },
  { bytes: 1 << 16, calls: 40, times: 10 },
];

const ours = ourCommand(fileURLToPath(new URL('program.ts', import.meta.url)));
const peerFile = fileURLToPath(new URL('peer.py', import.meta.url));

/** Sums over ranks, against mpi4py on the same buffers, by every launcher that there is. */
export async function allReduce({
  rounds = 5,
  ranks = 2,
  python: asked,
}: Options): Promise<{ text: string; json: unknown }> {
  const measured: Measured[] = [];
  for (const family of families) {
    const launcher = findLauncher(family);
    if (launcher === undefined) {
      console.error(`There is no launcher of ${family}, so it is not measured.`);
      continue;
    }
    const python = findMpi4py(family, asked);
    const peer = python === undefined ? undefined : { ...ours, file: python, args: [peerFile] };
    const part = { family, ranks, ours: [] as Outcome[], peers: [] as Outcome[] };
    for (let round = 1; round <= rounds; round++) {
      const place = `${family}, round ${round} of ${rounds}`;
      part.ours.push(await runAloud(`${place}, halokit`, onRanks(ours, launcher, family, ranks)));
      if (peer) part.peers.push(await runAloud(`${place}, mpi4py`, onRanks(peer, launcher, family, ranks)));
    }
    measured.push(part);
  }
  if (measured.length === 0) {
    throw new InputError(
      'all_reduce needs an MPI launcher. On Debian and Ubuntu: apt-get install openmpi-bin, or mpich.',
    );
  }
  const results = { date: new Date().toISOString(), machine: machine(), measures, measured };
  return { text: report(results), json: results };
}

async function runAloud(label: string, command: Command): Promise<Outcome> {
  const line = progress(label);
  line.update('running');
  const job: Job = { measures };
  const outcomes: Outcome[] = [];
  await childLines({ ...command, args: [...command.args, JSON.stringify(job)] }, (message) => {
    outcomes.push(message as Outcome);
  });
  const [outcome] = outcomes;
  if (!outcome) throw new Error(`${command.file} gave no outcome.`);
  line.end(outcome.seconds.map((times) => `${(Math.min(...times) * 1000).toPrecision(3)} ms`).join(', '));
  return outcome;
}
