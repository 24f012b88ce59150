import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hhFeedback } from '../alignment/feedback';
import { families, findLauncher, onRanks } from '../all_reduce/launch';
import { type Command, childLines } from '../child_lines';
import { InputError } from '../input_error';
import { machine } from '../machine';
import { digits } from '../numbers';
import type { Options } from '../options';
import { progress } from '../progress';
import { ourCommand } from '../train_step/commands';
import { pythia70m } from '../train_step/shape';
import type { Job, Outcome } from './protocol';
import { type Round, report } from './report';

/** Archangel's. */
const learningRate = 5e-7;
/** By which losses of the same step may differ: sums are rounded in another order. */
const tolerance = 1e-3;

const ours = ourCommand(fileURLToPath(new URL('program.ts', import.meta.url)));

/** Updates of KTO on rows of HH by several ranks of one thread, against one such rank. */
export async function dataParallel(options: Options): Promise<{ text: string; json: unknown }> {
  const { data, tokenizer, rounds: count = 5, steps = 3, ranks = 2 } = options;
  if (data === undefined || tokenizer === undefined) {
    throw new InputError(
      'data_parallel needs --data, a .jsonl.gz of Anthropic’s HH, and --tokenizer, a tokenizer.json.',
    );
  }
  const family = families.find((family) => findLauncher(family) !== undefined);
  const launcher = family && findLauncher(family);
  if (family === undefined || launcher === undefined) {
    throw new InputError(
      'data_parallel needs an MPI launcher. On Debian and Ubuntu: apt-get install openmpi-bin, or mpich.',
    );
  }
  const folder = await mkdtemp(join(tmpdir(), 'halokit-bench-'));
  try {
    const file = join(folder, 'kto.json');
    const feedback = await hhFeedback(data, tokenizer, { method: 'kto' });
    const plan = { ...feedback.plan, steps: feedback.plan.steps.slice(0, steps) };
    await writeFile(file, JSON.stringify({ ...feedback, plan, steps: [] }));
    const job: Job = { size: { name: '70m', ...pythia70m }, feedback: file, learningRate };
    const rounds: Round[] = [];
    for (let round = 1; round <= count; round++) {
      const place = `round ${round} of ${count}`;
      const alone = await runAloud(`${place}, 1 rank`, ours, job);
      const command = onRanks(ours, launcher, family, ranks);
      const together = await runAloud(`${place}, ${ranks} ranks`, command, job);
      checkLosses(alone, together);
      rounds.push({ alone, together });
    }
    const results = { date: new Date().toISOString(), machine: machine(), family, ranks, rounds };
    return { text: report(results), json: results };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** @throws Error where they did not compute the same */
function checkLosses(alone: Outcome, together: Outcome): void {
  for (const [step, loss] of alone.losses.entries()) {
    const other = together.losses[step] ?? Number.NaN;
    if (Math.abs(other - loss) <= tolerance * Math.abs(loss)) continue;
    throw new Error(`The loss of step ${step + 1} is ${loss} on one rank and ${other} on ${together.ranks}.`);
  }
}

async function runAloud(label: string, command: Command, job: Job): Promise<Outcome> {
  const line = progress(label);
  line.update('running');
  const outcomes: Outcome[] = [];
  await childLines({ ...command, args: [...command.args, JSON.stringify(job)] }, (message) => {
    outcomes.push(message as Outcome);
  });
  const [outcome] = outcomes;
  if (!outcome) throw new Error(`${command.file} gave no outcome.`);
  line.end(`${outcome.seconds.map(digits).join(', ')} s`);
  return outcome;
}
