import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from 'citty';
import { judgeCommand } from '../commands/judge';
import { labelCommand } from '../commands/label';
import { referenceCommand } from '../commands/reference';
import { sampleCommand } from '../commands/sample';
import { trainCommand } from '../commands/train';
import { worldCommand } from '../commands/world';
import { fromFirst } from '../ranks/from_first';
import { resumeFile } from '../survival/resume_record';
import type { Step } from './job';

const commands = {
  world: worldCommand,
  train: trainCommand,
  reference: referenceCommand,
  sample: sampleCommand,
  label: labelCommand,
  judge: judgeCommand,
};

/** Commands that compute, on so many threads. */
const computing: readonly Step['command'][] = ['train', 'reference', 'sample'];

/** Commands that know nothing of ranks: rank 0 does them, and the others wait. */
const alone: readonly Step['command'][] = ['world'];

/**
 * Does one command. Training that was begun goes on; what is whole is left as it is.
 *
 * @param threads default: one a core
 * @param anew what an earlier attempt left is not gone on with
 */
export async function performStep(
  { command, args }: Step,
  { threads, anew }: { readonly threads?: number; readonly anew: boolean },
): Promise<void> {
  const on = threads === undefined || !computing.includes(command) ? [] : ['--threads', `${threads}`];
  const rawArgs = await fromFirst(() =>
    command === 'train' ? trainArgs(args, anew) : [...args, ...(anew ? overwriting(command) : [])],
  );
  if (!rawArgs) return;
  const run = () => runCommand(commands[command], { rawArgs: [...rawArgs, ...on] });
  if (!alone.includes(command)) await run();
  else await fromFirst(async () => void (await run()));
}

/** As they are, or to go on with; undefined where the run is at its end. */
function trainArgs(args: readonly string[], anew: boolean): readonly string[] | undefined {
  const folder = args[args.indexOf('--out') + 1] as string;
  if (anew || !existsSync(join(folder, resumeFile))) return [...args, '--overwrite'];
  // A run writes its report when all else is done.
  return existsSync(join(folder, 'report.json')) ? undefined : ['--resume', folder];
}

function overwriting(command: Step['command']): string[] {
  return ['world', 'sample', 'judge'].includes(command) ? ['--overwrite'] : [];
}
