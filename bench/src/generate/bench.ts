import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { InputError } from '../input_error';
import { machine } from '../machine';
import { digits, spread } from '../numbers';
import type { Options } from '../options';
import { progress } from '../progress';
import { summary } from '../statistics';
import { backendNames } from '../train_step/backend';
import { ourCommand, peerCommand } from '../train_step/commands';
import { findPython, noPytorch } from '../train_step/find_python';
import { settingsToTry } from '../train_step/peer_settings';
import { parseShape, pythia70m, pythia410m, type Shape } from '../train_step/shape';
import { type Tuning, tunePeer } from '../train_step/tune_peer';
import { versions } from '../train_step/versions';
import type { Job } from './protocol';
import { type Results, type Round, report } from './report';
import { type Run, runProgram } from './run_program';
import { checkSameTokens } from './same_tokens';

const newTokens = 128;
const prompts = { rows: 8, tokens: 32 };
const small = { name: '70m', ...pythia70m, ...prompts };
const known = [small, { name: '410m', ...pythia410m, ...prompts }];

const ours = ourCommand(fileURLToPath(new URL('program.ts', import.meta.url)));
const peerFile = fileURLToPath(new URL('peer.py', import.meta.url));

/** Greedy generation against PyTorch with a cache, and against what reading the weights takes. */
export async function generateTokens(options: Options): Promise<{ text: string; json: unknown }> {
  const { backend, shapes = [small.name] } = options;
  if (!backendNames.some((name) => name === backend))
    throw new InputError(`Unknown backend "${backend}". There are: ${backendNames.join(', ')}.`);
  const results: Results[] = [];
  for (const shape of shapes.map((text) => parseShape(text, known))) results.push(await measure(shape, options));
  return { text: results.map(report).join('\n\n'), json: results };
}

async function measure(
  shape: Shape,
  { backend, rounds: count = 5, steps: timed = 2, ...options }: Options,
): Promise<Results> {
  const threads = availableParallelism();
  const job: Job = { shape, newTokens, runs: 1 + timed, threads, backend };
  const here = machine();
  const python = findPython(options.python);
  if (python === undefined) console.error(noPytorch);
  const peerOf = (env: NodeJS.ProcessEnv) => peerCommand(python as string, threads, env, peerFile);

  const tuning = python === undefined ? undefined : await tune(peerOf, { ...job, runs: 2 }, new Set(here.features));
  const peers = tuning ? settingsOf(tuning) : [];
  const rounds: Round[] = [];
  for (let round = 1; round <= count; round++) {
    const place = `${shape.name}, round ${round} of ${count}`;
    const own = await runAloud(`${place}, halokit`, ours, job);
    const others: Run[] = [];
    for (const { name, env } of peers) {
      const run = await runAloud(`${place}, ${name}`, peerOf(env), job);
      checkSameTokens(own.warmUp, run.warmUp);
      others.push(run);
    }
    rounds.push({ ours: own, peers: others });
  }
  return {
    ...{ date: new Date().toISOString(), backend, threads, machine: here, shape, newTokens },
    versions: versions(backend, rounds[0]?.peers[0]?.end.versions),
    ...(tuning && { tuning }),
    ...{ peers: peers.map(({ name }) => name), rounds },
  };
}

/** PyTorch as most people run it, and at its best where that is something else. */
function settingsOf({ usual, best }: Tuning) {
  const settings = [{ name: 'PyTorch', env: usual.env }];
  return best === usual ? settings : [...settings, { name: 'PyTorch, tuned', env: best.env }];
}

async function tune(
  peerOf: (env: NodeJS.ProcessEnv) => ReturnType<typeof peerCommand>,
  job: Job,
  features: ReadonlySet<string>,
): Promise<Tuning> {
  return await tunePeer(settingsToTry(process.platform, features), async ({ name, env }) => {
    const { warmUp, timed, end } = await runAloud(`PyTorch, ${name}`, peerOf(env), job);
    return { fastest: Math.min(...[warmUp, ...timed].map(({ seconds }) => seconds)), peakBytes: end.peakBytes };
  });
}

async function runAloud(label: string, command: ReturnType<typeof peerCommand>, job: Job): Promise<Run> {
  const line = progress(label);
  line.update('starting');
  const run = await runProgram(command, job, (seconds) => line.update(`${digits(seconds)} s`));
  line.end(`${spread(summary(run.timed.map(({ seconds }) => seconds)), ' s')} a generation`);
  return run;
}
