import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from '../child_lines';
import { InputError } from '../input_error';
import { machine } from '../machine';
import { digits, gigabytes } from '../numbers';
import type { Options } from '../options';
import { progress } from '../progress';
import { ourCommand, peerCommand } from '../train_step/commands';
import { findPython, noPytorch } from '../train_step/find_python';
import { settingsToTry } from '../train_step/peer_settings';
import { checkSameLosses } from '../train_step/same_losses';
import { pythia70m } from '../train_step/shape';
import { type Tuning, tunePeer } from '../train_step/tune_peer';
import { versions } from '../train_step/versions';
import { computedTokens } from './computed_tokens';
import { hhFeedback } from './feedback';
import type { Feedback, Job, Method, Size } from './protocol';
import { type Measured, type Round, report, type Scaled, timed } from './report';
import { type Run, runProgram } from './run_program';

const sizes: readonly [Size, Size] = [
  { name: '70m', ...pythia70m },
  { name: '160m', layers: 12, width: 768, heads: 12, vocabulary: pythia70m.vocabulary },
];
const methods: readonly Method[] = ['kto', 'dpo'];

/** Rows that the peer computes at once, in turn. */
const microbatches = [2, 4, 8];

/** Archangel's. */
const learningRate = 5e-7;

/** What an epoch's plan is cut to: steps that both programs do, the first to warm up. */
interface Asked {
  readonly rounds: number;
  readonly steps: number;
}

const ours = ourCommand(fileURLToPath(new URL('program.ts', import.meta.url)));
const peerFile = fileURLToPath(new URL('peer.py', import.meta.url));

/** Updates of 32 answers of HH with KTO and DPO, against PyTorch doing them as HALOs does. */
export async function alignment(options: Options): Promise<{ text: string; json: unknown }> {
  const { data, tokenizer, shapes, rounds = 2, steps = 3 } = options;
  if (options.backend !== 'onnxruntime') throw new InputError('alignment runs on the onnxruntime backend only.');
  if (data === undefined || tokenizer === undefined) {
    throw new InputError('alignment needs --data, a .jsonl.gz of Anthropic’s HH, and --tokenizer, a tokenizer.json.');
  }
  const chosen = shapes?.map(findTask) ?? methods.flatMap((method) => sizes.map((size) => ({ method, size })));
  const folder = await mkdtemp(join(tmpdir(), 'halokit-bench-'));
  try {
    const feedbackOf = (method: Method, scale = 1) => hhFeedback(data, tokenizer, { method, scale });
    const write = async (feedback: Feedback, steps: number): Promise<string> => {
      const file = join(folder, `${feedback.feedback}-${feedback.plan.settings.batchSize}.json`);
      const cut = { ...feedback.plan, steps: feedback.plan.steps.slice(0, steps) };
      await writeFile(file, JSON.stringify({ ...feedback, plan: cut, steps: feedback.steps.slice(0, steps) }));
      return file;
    };
    const python = findPython(options.python);
    if (python === undefined) console.error(noPytorch);
    const threads = availableParallelism();
    const job = { threads, learningRate, microbatchRows: 4 };
    const first = { ...job, method: 'kto', size: sizes[0] } as const;
    // As PyTorch comes, a step takes minutes.
    const trial = { ...first, feedback: await write(await feedbackOf('kto'), 1) };
    const tuning = python === undefined ? undefined : await tune(python, trial);
    const peer = python !== undefined && tuning ? peerCommand(python, threads, tuning.best.env, peerFile) : undefined;
    const measured: Measured[] = [];
    for (const { method, size } of chosen) {
      const feedback = await feedbackOf(method);
      const epoch = computedTokens(feedback.plan, feedback.steps);
      const task = { ...job, method, size, feedback: await write(feedback, 1 + steps) };
      const tokens = feedback.steps.slice(0, 1 + steps).map(tokensOf);
      measured.push({ method, size, tokens, epoch, rounds: await measure(task, peer, { rounds, steps }) });
    }
    const scaled: Scaled[] = [];
    for (const scale of chosen.some(({ method }) => method === 'kto') ? [1, 2, 4] : []) {
      const feedback = await feedbackOf('kto', scale);
      const task = { ...first, feedback: await write(feedback, 1 + steps) };
      scaled.push(await scaledStep(task, 32 * scale, feedback.steps.slice(0, 1 + steps).map(tokensOf)));
    }
    const torch = measured[0]?.rounds[0]?.peers[0]?.run.end.versions;
    const results = {
      ...{ date: new Date().toISOString(), threads, machine: machine(), versions: versions('onnxruntime', torch) },
      ...(tuning && { tuning }),
      ...{ measured, scaled },
    };
    return { text: report(results), json: results };
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function measure(job: Job, peer: Command | undefined, { rounds: count }: Asked): Promise<Round[]> {
  const rounds: Round[] = [];
  for (let round = 1; round <= count; round++) {
    const place = `${job.method} on ${job.size.name}, round ${round} of ${count}`;
    const own = await runAloud(`${place}, halokit`, ours, job);
    const peers: Round['peers'][number][] = [];
    for (const microbatchRows of peer ? microbatches : []) {
      const label = `${place}, PyTorch, ${microbatchRows} rows at once`;
      const run = await runAloud(label, peer as Command, { ...job, microbatchRows });
      checkSameLosses(own.steps, run.steps);
      peers.push({ microbatchRows, run });
    }
    rounds.push({ ours: own, peers });
  }
  return rounds;
}

async function scaledStep(job: Job, answers: number, tokens: readonly number[]): Promise<Scaled> {
  const { steps } = await runAloud(`${answers} answers a step, halokit`, ours, job);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { answers, tokens: mean(timed(tokens)), seconds: mean(timed(steps).map(({ seconds }) => seconds)) };
}

async function tune(python: string, job: Job): Promise<Tuning> {
  const features = new Set(machine().features);
  return await tunePeer(settingsToTry(process.platform, features), async ({ name, env }) => {
    const { steps, end } = await runAloud(`PyTorch, ${name}`, peerCommand(python, job.threads, env, peerFile), job);
    return { fastest: Math.min(...steps.map(({ seconds }) => seconds)), peakBytes: end.peakBytes };
  });
}

async function runAloud(label: string, command: Command, job: Job): Promise<Run> {
  const line = progress(label);
  line.update('starting');
  const run = await runProgram(command, job, ({ seconds }) => line.update(`${digits(seconds)} s`));
  line.end(`${run.steps.map(({ seconds }) => digits(seconds)).join(', ')} s, ${gigabytes(run.end.peakBytes)}`);
  return run;
}

/** Tokens of the rows of a step, KL rows apart. */
function tokensOf({ rows }: Feedback['steps'][number]): number {
  return rows.reduce((sum, [prompt, response]) => sum + prompt.length + response.length, 0);
}

/** @throws InputError for what is no task: `kto-70m` */
function findTask(text: string): { method: Method; size: Size } {
  const tasks = methods.flatMap((method) => sizes.map((size) => ({ method, size })));
  const found = tasks.find(({ method, size }) => text === `${method}-${size.name}`);
  if (found) return found;
  const names = tasks.map(({ method, size }) => `${method}-${size.name}`).join(', ');
  throw new InputError(`--shape ${text}: alignment has ${names}.`);
}
