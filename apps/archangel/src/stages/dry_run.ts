import { sft } from '@halokit/losses';
import { type CausalLM, disposeModel, parameterCount } from '@halokit/models';
import { referenceModel, remembered } from '@halokit/trainer';
import { lossLabel } from '../losses/loss_label';
import { gigabytes } from '../plan/plan_text';
import { watchMemory } from '../plan/watch_memory';
import { duration } from '../terminal/duration';
import { whole } from '../terminal/numbers';
import { withHeads } from './heads';
import { withLora } from './lora';
import { type OneUpdate, oneUpdate } from './one_update';
import { openModel } from './open_model';
import { recipeOf } from './recipe';
import { startOf } from './start_of';
import { streamReference } from './stream_reference';
import { tokenized } from './tokenize_data';
import type { RunPlan } from './training_run';

/**
 * Goes as far as one real update of each stage, says what the run would take, and writes nothing.
 *
 * @param streamed whether the reference is read from its checkpoint rather than kept
 */
export async function dryRun({ request, found, material, setup }: RunPlan, streamed: boolean): Promise<void> {
  const { config } = request;
  const { loss, dataset, feedback, tokenize, tokenizer } = material;
  const { isNew, sftFirst, lora, stored, recipe } = setup;
  const memory = watchMemory();
  const opened = await openModel(config, found, stored.storage, tokenizer.tokenizer);
  const model = isNew ? opened : withLora(opened, lora, config.seed);
  console.log('\nDry run: one update of each stage, the one with the most tokens. Nothing is written.');
  const stages: [label: string, took: OneUpdate][] = [];
  if (sftFirst) {
    const first = sft();
    const { dataset } = tokenized(first, feedback.train, tokenize);
    const took = await oneUpdate({ policy: model, loss: first, dataset, recipe: recipeOf(config, config.sft, isNew) });
    stages.push([lossLabel(first), took]);
  }
  const rowsAtOnce = config.microbatchSize;
  // A run with SFT first streams the model that SFT leaves; here that one is on no disk, and the one before it costs the same.
  const start = streamed && found ? undefined : await startOf(model, { copyStorage: stored.copyStorage, sftFirst });
  const reference = start
    ? remembered(referenceModel(start, { rowsAtOnce }))
    : streamReference((found as { folder: string }).folder, rowsAtOnce);
  const policy = withHeads(withLora(model, lora, config.seed), loss, config.seed);
  stages.push([lossLabel(loss), await oneUpdate({ policy, reference, loss, dataset, recipe })]);

  const peak = memory.stop();
  for (const [label, took] of stages) console.log(stageLine(label, took));
  console.log(
    `${whole(parameterCount(policy.config))} parameters, ${whole(trainedNumbers(policy))} numbers trained; ` +
      `${gigabytes(peak)} of memory at its most.`,
  );
  for (const model of start ? [policy, start] : [policy]) disposeModel(model);
}

function stageLine(label: string, { steps, loss, secondsOfOne, seconds }: OneUpdate): string {
  const about = seconds < 1 ? 'less than a second' : `about ${duration(seconds)}, or less`;
  return `${label}: ${whole(steps)} ${steps === 1 ? 'step' : 'steps'}, ${about} (this one took ${secondsOfOne.toPrecision(2)} s, loss ${loss.toFixed(3)})`;
}

/** Numbers that training moves: of adapters where there are any, else of the model, and of heads. */
function trainedNumbers({ weights }: CausalLM): number {
  return [...weights.values()].reduce((sum, { size, trainable }) => sum + (trainable ? size : 0), 0);
}
