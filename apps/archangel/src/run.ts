import { defineCommand, runCommand, showUsage } from 'citty';
import { chatCommand } from './commands/chat';
import { checkCommand } from './commands/check';
import { dataCommand } from './commands/data';
import { demoCommand } from './commands/demo';
import { envCommand } from './commands/env';
import { gridCommand, runGridCommands } from './commands/grid';
import { judgeCommand } from './commands/judge';
import { labelCommand } from './commands/label';
import { planCommand } from './commands/plan';
import { referenceCommand } from './commands/reference';
import { reportCommand } from './commands/report';
import { sampleCommand } from './commands/sample';
import { trainCommand } from './commands/train';
import { valuesCommand } from './commands/values';
import { worldCommand } from './commands/world';
import { InputError } from './input_error';
import { joinOptions } from './ranks/join_options';
import { onRanks } from './ranks/on_ranks';
import { fail } from './terminal/errors';

const commands = {
  demo: demoCommand,
  data: dataCommand,
  plan: planCommand,
  train: trainCommand,
  chat: chatCommand,
  sample: sampleCommand,
  label: labelCommand,
  judge: judgeCommand,
  report: reportCommand,
  check: checkCommand,
  values: valuesCommand,
  world: worldCommand,
  env: envCommand,
  reference: referenceCommand,
  grid: gridCommand,
};

const main = defineCommand({
  meta: {
    name: 'archangel',
    description:
      'Aligns language models with human feedback. Any command takes --verbose for the details of an error; under mpirun, ' +
      '--mpi FILE names the MPI library, and --patience SECONDS is how long ranks wait for each other.',
  },
  subCommands: commands,
});

/** Runs one command, on all ranks that there are. Whatever goes wrong ends in one line and status 1. */
export async function run(args: readonly string[]): Promise<void> {
  const verbose = args.includes('--verbose');
  try {
    const { words, options } = joinOptions(args.filter((arg) => arg !== '--verbose'));
    await onRanks(words, { ...options, verbose }, () => perform(words));
  } catch (error) {
    fail(error, verbose);
  }
}

/** @throws InputError for a command that there is not, and whatever the command throws */
async function perform([name, ...rest]: readonly string[]): Promise<void> {
  const command =
    name !== undefined && Object.hasOwn(commands, name) ? commands[name as keyof typeof commands] : undefined;
  if (name === undefined || name === '--help' || name === '-h') await showUsage(main);
  else if (!command) throw new InputError(`Unknown command "${name}". There are: ${Object.keys(commands).join(', ')}.`);
  else if (command === gridCommand) await runGridCommands(rest);
  else if (rest.some((arg) => arg === '--help' || arg === '-h')) await showUsage(command, main);
  else await runCommand(command, { rawArgs: rest });
}
