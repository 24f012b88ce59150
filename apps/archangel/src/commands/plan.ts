import { defineCommand } from 'citty';
import { chooseBackend } from '../backend';
import { configFlags } from '../config/describe';
import { readFlags } from '../config/flags';
import { planConfig } from '../config/plan_config';
import { validate } from '../config/validate';
import { deviceInUse } from '../plan/device_memory';
import { forecast } from '../plan/forecast';
import { processMemory } from '../plan/free_memory';
import { limitsOf, tooSmall } from '../plan/limits';
import { nominalIntent } from '../plan/nominal_intent';
import { pastRuns, pastWords } from '../plan/past_runs';
import { type PlanReport, planReport } from '../plan/plan_report';
import { planText } from '../plan/plan_text';
import { machineRates } from '../plan/probe';
import { ranksReport } from '../plan/ranks_report';
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
  const backend = await chooseBackend('onnxruntime', config).catch(() => undefined);
  const memory = processMemory();
  const device = deviceInUse(backend ? backend.device : config.device === 'auto' ? 'cpu' : config.device);
  const limits = limitsOf(memory, device);
  const intent = { ...(await nominalIntent(config, where)), onGpu: device !== undefined };
  const rates = backend ? await machineRates() : undefined;
  const planned = await forecast(intent, memory.resident, rates);
  const flags = (length: number) => `--length ${length}`;
  const fitting = tooSmall(limits, planned) && (await whatFits(intent, limits, memory.resident, flags));
  const past = pastWords(await pastRuns(cacheFolder()));
  const ranks = config.ranks > 1 ? await ranksReport(intent, config, rates) : undefined;
  const report = planReport(config, intent, planned, { limits, rates }, { ranks, fitting, past });
  if (config.json) console.log(JSON.stringify(report, null, 2));
  else console.log(fold(planText(report), columnsOf(process.stdout)));
  return report;
}
