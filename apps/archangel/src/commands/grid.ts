import { defineCommand, runCommand, showUsage } from 'citty';
import { InputError } from '../input_error';
import { jobCommand } from './grid/job';
import { planGridCommand } from './grid/plan';
import { reportGridCommand } from './grid/report';
import { runGridCommand } from './grid/run';
import { statusCommand } from './grid/status';
import { workCommand } from './grid/work';

const commands = {
  plan: planGridCommand,
  run: runGridCommand,
  status: statusCommand,
  report: reportGridCommand,
  job: jobCommand,
  work: workCommand,
};

export const gridCommand = defineCommand({
  meta: { name: 'grid', description: 'Train, sample, judge and report models x methods x seeds, from one YAML file.' },
  subCommands: commands,
});

/** Runs one of the grid's commands. @throws InputError for one that there is not */
export async function runGridCommands([name, ...args]: readonly string[]): Promise<void> {
  if (name === undefined || name === '--help' || name === '-h') return showUsage(gridCommand);
  const command = Object.hasOwn(commands, name) ? commands[name as keyof typeof commands] : undefined;
  if (!command)
    throw new InputError(
      `Unknown command "grid ${name}". There are: ${Object.keys(commands)
        .map((one) => `grid ${one}`)
        .join(', ')}.`,
    );
  if (args.some((arg) => arg === '--help' || arg === '-h')) await showUsage(command, gridCommand);
  else await runCommand(command, { rawArgs: [...args] });
}
