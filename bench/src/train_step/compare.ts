import { availableParallelism } from 'node:os';
import { InputError } from '../input_error';
import { machine } from '../machine';
import { digits } from '../numbers';
import type { Options } from '../options';
import { progress } from '../progress';
import { backendNames } from './backend';
import { ourCommand, peerCommand } from './commands';
import { findPython, noPytorch } from './find_python';
import { measureShape, type Peer, type Plan, type Round } from './measure_shape';
import { settingsToTry } from './peer_settings';
import type { Results } from './report';
import { runProgram } from './run_program';
import type { Shape } from './shape';
import { summarise } from './summarise';
import { type Trial, type Tuning, tunePeer } from './tune_peer';
import { versions } from './versions';

/** Steps of each try of PyTorch's settings. */
const trialSteps = 4;

/** A program of ours whose training step is held against PyTorch's. */
export interface Contender {
  /** Of the bench. */
  readonly name: string;
  /** The file of the program. */
  readonly program: string;
  /** Steps whose time is broken down by kernel, where the backend can. */
  readonly profileSteps?: number;
}

/** What was measured: the report's figures, and all rounds by shape. */
export interface Comparison {
  readonly results: Results;
  readonly rounds: readonly (readonly Round[])[];
}

/** Measures a training step against PyTorch, alone where there is none. @throws InputError for a backend it does not know */
export async function compareWithPytorch(
  contender: Contender,
  plans: readonly [Plan, ...Plan[]],
  options: Options,
): Promise<Comparison> {
  const { backend } = options;
  if (!backendNames.some((name) => name === backend))
    throw new InputError(`Unknown backend "${backend}". There are: ${backendNames.join(', ')}.`);
  const here = machine();
  const threads = availableParallelism();
  const python = findPython(options.python);
  if (python === undefined) console.error(noPytorch);

  const tuning = python === undefined ? undefined : await tune(python, threads, plans[0].shape, new Set(here.features));
  const peers = python !== undefined && tuning ? peersOf(tuning, python, threads) : [];
  const { profileSteps } = contender;
  const profile = backend === 'onnxruntime' && profileSteps !== undefined && { profileSteps };
  const programs = { ours: ourCommand(contender.program), peers, backend, threads, ...profile };
  const rounds: Round[][] = [];
  for (const plan of plans) rounds.push(await measureShape(plan, programs));
  const peerNames = peers.map(({ name }) => name);
  const results: Results = {
    bench: contender.name,
    date: new Date().toISOString(),
    ...{ backend, threads, machine: here, versions: versions(backend, rounds[0]?.[0]?.peers[0]?.end.versions) },
    ...(tuning && { tuning }),
    shapes: plans.map((plan, i) => ({ ...plan, summary: summarise(plan.shape, rounds[i] as Round[], peerNames) })),
  };
  return { results, rounds };
}

/** PyTorch as most people run it, and at its best where that is something else. */
function peersOf({ usual, best }: Tuning, python: string, threads: number): Peer[] {
  const peer = (name: string, { env }: Trial): Peer => ({ name, command: peerCommand(python, threads, env) });
  return best === usual ? [peer('PyTorch', usual)] : [peer('PyTorch', usual), peer('PyTorch, tuned', best)];
}

async function tune(python: string, threads: number, shape: Shape, features: ReadonlySet<string>): Promise<Tuning> {
  return await tunePeer(settingsToTry(process.platform, features), async ({ name, env }) => {
    const line = progress(`PyTorch, ${name}`);
    line.update('starting');
    const job = { shape, steps: trialSteps, threads, backend: '' };
    const run = await runProgram(peerCommand(python, threads, env), job, (steps) =>
      line.update(`step ${steps.length} of ${trialSteps}`),
    );
    const fastest = Math.min(...[...run.warmUp, ...run.timed].map((step) => step.seconds));
    line.end(`${digits(fastest)} s at best`);
    return { fastest, peakBytes: run.end.peakBytes };
  });
}
