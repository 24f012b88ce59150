import { defineCommand } from 'citty';
import { configFlags } from '../config/describe';
import { envConfig } from '../config/env_config';
import { readFlags } from '../config/flags';
import { validate } from '../config/validate';
import { envText } from '../env/env_text';
import { probe } from '../env/probe';
import { type EnvReport, envReport } from '../env/report';
import { thisProgram } from '../grid/this_program';
import { columnsOf, fold } from '../terminal/fold';

export const envCommand = defineCommand({
  meta: { name: 'env', description: 'Say what there is to compute with here: machine, backends, devices, versions.' },
  args: configFlags(envConfig),
  run: async ({ rawArgs }) => {
    await runEnv(rawArgs);
  },
});

/**
 * Says what would compute here, and why the rest would not: good to read before a run, and to paste into an issue.
 *
 * @param program the words that start this app
 */
export async function runEnv(args: readonly string[], program = thisProgram()): Promise<EnvReport | undefined> {
  const { json, probe: name } = validate(envConfig, readFlags(args), 'command line');
  if (name !== undefined) {
    const outcome = await probe(name);
    if (process.send) process.send(outcome);
    else console.log(JSON.stringify(outcome, null, 2));
    return undefined;
  }
  const report = await envReport(program);
  console.log(json ? JSON.stringify(report, null, 2) : fold(envText(report), columnsOf(process.stdout)));
  return report;
}
