import { defineCommand } from 'citty';
import { chooseBackend } from '../backend';
import { configFlags } from '../config/describe';
import { readFlags } from '../config/flags';
import { planConfig } from '../config/plan_config';
import { validate } from '../config/validate';
import { forecast } from '../plan/forecast';
import { processMemory } from '../plan/free_memory';
import { nominalIntent } from '../plan/nominal_intent';
import { pastRuns, pastWords } from '../plan/past_runs';
import { type PlanReport, planReport } from '../plan/plan_report';
import { planText } from '../plan/plan_text';
import { machineRates } from '../plan/probe';
import { whatFits } from '../plan/what_fits';
import { cacheFolder } from '../stages/hub';
import { columnsOf, fold } from '../terminal/fold';

const where = 'command line';

export const planCommand = defineCommand({
  meta: {
    name: 'plan',
    description: 'Say what memory and time training needs on this machine, before anything is loaded.',
  },
  args: configFlags(planConfig),
  run: async ({ rawArgs }) => {
    await runPlan(rawArgs);
  },
});

/** Says what a step takes, whether it fits, and what would. No model is loaded. */
export async function runPlan(args: readonly string[]): Promise<PlanReport> {
  const config = validate(planConfig, readFlags(args), where);
  const intent = await nominalIntent(config, where);
  const isNative = await chooseBackend('onnxruntime', config).then(
    () => true,
    () => false,
  );
  const memory = processMemory();
  const rates = isNative ? await machineRates() : undefined;
  const planned = await forecast(intent, memory.resident, rates);
  const fits = planned.peakBytes <= memory.room;
  const flags = (length: number) => `--length ${length}`;
  const fitting = fits ? undefined : await whatFits(intent, memory.room, memory.resident, flags);
  const past = pastWords(await pastRuns(cacheFolder()));
  const report = planReport(config, intent, planned, { memory, rates }, { fitting, past });
  if (config.json) console.log(JSON.stringify(report, null, 2));
  else console.log(fold(planText(report), columnsOf(process.stdout)));
  return report;
}
