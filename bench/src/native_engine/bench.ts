import { availableParallelism, totalmem } from 'node:os';
import { InputError } from '../input_error';
import { machine } from '../machine';
import { digits, gigabytes } from '../numbers';
import type { Options } from '../options';
import { progress } from '../progress';
import { backendNames } from './backend';
import { ourCommand, peerCommand } from './commands';
import { findPython, noPytorch } from './find_python';
import { measureShape, type Peer, type Plan, type Round } from './measure_shape';
import { settingsToTry } from './peer_settings';
import { type Results, report } from './report';
import { runProgram } from './run_program';
import { memoryNeeded, parseShape, type Shape } from './shape';
import { summarise } from './summarise';
import { type Trial, type Tuning, tunePeer } from './tune_peer';
import { versions } from './versions';

/** Steps of each try of PyTorch's settings. */
const trialSteps = 4;

/** Measures a training step against PyTorch; gives the report's text and everything measured, for a JSON file. */
export async function nativeEngine(options: Options): Promise<{ text: string; json: unknown }> {
  const { backend } = options;
  if (!backendNames.some((name) => name === backend))
    throw new InputError(`Unknown backend "${backend}". There are: ${backendNames.join(', ')}.`);
  const plans = planned(options);
  const here = machine();
  const threads = availableParallelism();
  const python = findPython(options.python);
  if (python === undefined) console.error(noPytorch);

  const tuning = python === undefined ? undefined : await tune(python, threads, plans[0].shape, new Set(here.features));
  const peers = python !== undefined && tuning ? peersOf(tuning, python, threads) : [];
  const measured: (Plan & { readonly results: readonly Round[] })[] = [];
  for (const plan of plans) {
    const results = await measureShape(plan, { ours: ourCommand(), peers, backend, threads });
    measured.push({ ...plan, results });
  }
  const all = measured.flatMap(({ results }) => results);
  const results: Results = {
    bench: 'native_engine',
    date: new Date().toISOString(),
    ...{ backend, threads, machine: here, versions: versions(backend, all) },
    ...(tuning && { tuning }),
    shapes: measured.map(({ results, ...plan }) => ({
      ...plan,
      summary: summarise(
        plan.shape,
        results,
        peers.map(({ name }) => name),
      ),
    })),
  };
  return { text: report(results), json: { ...results, rounds: measured.map((one) => one.results) } };
}

/** Without `--shape`: the small model, then a deep one, briefly, for what recording and compiling many layers costs. */
function planned({ shapes, rounds = 5, steps = 5 }: Options): [Plan, ...Plan[]] {
  const [first, ...others] = (shapes ?? ['70m']).map(parseShape) as [Shape, ...Shape[]];
  const plans: [Plan, ...Plan[]] = [
    { shape: first, rounds, steps },
    ...others.map((shape) => ({ shape, rounds, steps })),
  ];
  if (shapes) return plans;
  const deep = parseShape('410m');
  if (memoryNeeded(deep) > totalmem()) {
    console.error(`410m is left out: it wants ${gigabytes(memoryNeeded(deep))} of memory.`);
    return plans;
  }
  return [...plans, { shape: deep, rounds: Math.min(rounds, 2), steps: Math.min(steps, 3) }];
}

/** PyTorch as most people run it, and at its best where that is something else. */
function peersOf({ usual, best }: Tuning, python: string, threads: number): Peer[] {
  const peer = (name: string, { env }: Trial): Peer => ({ name, command: peerCommand(python, threads, env) });
  return best === usual ? [peer('PyTorch', usual)] : [peer('PyTorch', usual), peer('PyTorch, tuned', best)];
}

async function tune(python: string, threads: number, shape: Shape, features: ReadonlySet<string>) {
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
