import { availableParallelism, freemem, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parameterCount, preset } from '@halokit/models';
import { InputError } from '../input_error';
import { machine } from '../machine';
import { digits, gigabytes } from '../numbers';
import type { Options } from '../options';
import { progress } from '../progress';
import { ourCommand, peerCommand } from '../train_step/commands';
import { findPython, noPytorch } from '../train_step/find_python';
import { settingsToTry } from '../train_step/peer_settings';
import { checkSameLosses } from '../train_step/same_losses';
import { versions } from '../train_step/versions';
import { jobOf } from './job_of';
import type { Job } from './protocol';
import { type Measured, report } from './report';
import { type Run, runProgram } from './run_program';
import { asked, leastBytes, parseTask, type Task } from './task';

const ours = ourCommand(fileURLToPath(new URL('program.ts', import.meta.url)));
const peerFile = fileURLToPath(new URL('peer.py', import.meta.url));

/** Training of models as large as the machine can hold, random weights of their true shapes: memory, and time beside PyTorch. */
export async function bigModels(options: Options): Promise<{ text: string; json: unknown }> {
  if (options.backend !== 'onnxruntime') throw new InputError('big_models runs on the onnxruntime backend only.');
  const tasks = options.shapes?.map(parseTask) ?? asked.map(({ task }) => task);
  const python = findPython(options.python);
  if (python === undefined) console.error(noPytorch);
  const measured: Measured[] = [];
  // One after the other: each may need most of the memory.
  for (const task of tasks) measured.push(await measure(task, python, options.steps ?? 2));
  const peer = measured.map(({ peer }) => peer).find((run) => typeof run !== 'string');
  const results = {
    ...{ date: new Date().toISOString(), threads: availableParallelism(), machine: machine(), tasks: measured },
    versions: versions('onnxruntime', typeof peer === 'object' ? peer.end.versions : undefined),
  };
  return { text: report(results), json: results };
}

async function measure(task: Task, python: string | undefined, steps: number): Promise<Measured> {
  const config = preset(task.model);
  const least = leastBytes(task, config, 'halokit');
  if (least > totalmem()) {
    throw new InputError(
      `--shape ${task.name} needs more than ${gigabytes(least)}, and there are ${gigabytes(totalmem())}.`,
    );
  }
  const job = jobOf(task, config, steps, availableParallelism());
  const own = await runAloud(`${task.name}, halokit`, ours, job);
  const why = whyNoPeer(task, python);
  const peer = why ?? (await runAloud(`${task.name}, PyTorch`, peerOf(python as string), job));
  if (typeof peer !== 'string') checkSameLosses(own.steps, peer.steps);
  const allowedBytes = asked.find((one) => one.task.name === task.name)?.bytes;
  return {
    ...{ task, parameters: parameterCount(config), ours: own, peer },
    ...(allowedBytes !== undefined && { allowedBytes }),
  };
}

function whyNoPeer(task: Task, python: string | undefined): string | undefined {
  if (python === undefined) return 'PyTorch is missing.';
  const config = preset(task.model);
  const needs = leastBytes(task, config, 'PyTorch');
  if (needs > availableBytes()) {
    return `PyTorch cannot do the same here: in float32 it needs ${gigabytes(needs)} before any activation.`;
  }
  return config.modelType === 'gpt_neox' ? undefined : 'What PyTorch is given to do is written for Pythia only.';
}

/** What the machine has left; its caches count, where it says so. */
function availableBytes(): number {
  return process.availableMemory?.() ?? freemem();
}

/** PyTorch with the kernels that fit the processor, where it does not take them by itself. */
function peerOf(python: string) {
  const usual = settingsToTry(process.platform, new Set(machine().features)).find((setting) => setting.usual);
  return peerCommand(python, availableParallelism(), usual?.env ?? {}, peerFile);
}

async function runAloud(label: string, command: ReturnType<typeof peerCommand>, job: Job): Promise<Run> {
  const line = progress(label);
  line.update('starting');
  const run = await runProgram(command, job, ({ seconds }) => line.update(`${digits(seconds)} s`));
  line.end(`${run.steps.map(({ seconds }) => digits(seconds)).join(', ')} s, ${gigabytes(run.end.peakBytes)}`);
  return run;
}
