import { join } from 'node:path';
import type { Measurement } from '../held_out/evaluate';
import { measurementText } from '../held_out/measurement_text';
import type { Outcome } from '../plan/outcome';
import { trainingSummary } from '../record/training_summary';
import { closeWatch } from '../watch/open_watch';
import { writeWhole } from './run_folder';
import { writeResults } from './train_cards';
import type { TrainingRun } from './training_run';

/** Writes what came out into the model's card and `report.json`, and says it. */
export async function reportRun(
  run: TrainingRun,
  measurement: Measurement,
  outcome: Outcome | undefined,
): Promise<void> {
  const { out, settings, material, setup } = run;
  await writeResults(run, measurement.figures);
  const { data, steps, sets } = material.feedback;
  const counts = { ...data.counts, sources: data.sources, steps, sets };
  const stages = [...(setup.sftFirst ? ['sft'] : []), material.loss.name];
  const training = await Promise.all(
    stages.map(async (name) => [name, await trainingSummary(join(out, `${name}-metrics.jsonl`))] as const),
  );
  const went = { training: Object.fromEntries(training), forecast: outcome, ...measurement };
  const report = { config: settings, data: counts, ...went };
  await writeWhole(join(out, 'report.json'), JSON.stringify(report, null, 2));
  const saved = join(out, material.loss.name);
  const where = setup.lora
    ? `the merged model in ${saved}, its adapters in ${join(saved, 'adapter')}`
    : `the model in ${saved}`;
  const measured = measurementText(measurement);
  console.log(`\n${measured}\n\nEverything is in ${out}: ${where}.`);
  await closeWatch(run.watch, measured);
}
