import { sft } from '@halokit/losses';
import { type CausalLM, disposeModel, parameterCount } from '@halokit/models';
import { referenceModel, remembered } from '@halokit/trainer';
import { lossLabel } from '../losses/loss_label';
import { gigabytes } from '../plan/units';
import { watchMemory } from '../plan/watch_memory';
import { agreed } from '../ranks/agreed';
import { currentRanks } from '../ranks/ranks';
import { sharedByRanks } from '../ranks/shared_by_ranks';
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
  const { shardOptimizer } = config;
  const { loss, dataset, feedback, tokenize, tokenizer } = material;
  const { isNew, sftFirst, lora, stored, recipe } = setup;
  const memory = watchMemory();
  const opened = await agreed(() => openModel(config, found, stored.storage, tokenizer.tokenizer));
  const model = isNew ? opened : withLora(opened, lora, config.seed);
  console.log('\nDry run: one update of each stage, the one with the most tokens. Nothing is written.');
  const stages: [label: string, took: OneUpdate][] = [];
  if (sftFirst) {
    const first = sft();
    const { dataset } = tokenized(first, feedback.train, tokenize);
    const recipe = recipeOf(config, config.sft, isNew);
    const took = await oneUpdate({ policy: model, loss: first, dataset, recipe, shardOptimizer });
    stages.push([lossLabel(first), took]);
  }
  const rowsAtOnce = config.microbatchSize;
  // A run with SFT first streams the model that SFT leaves; here that one is on no disk, and the one before it costs the same.
  const start = streamed && found ? undefined : await startOf(model, { copyStorage: stored.copyStorage, sftFirst });
  const reference = sharedByRanks(
    start
      ? remembered(referenceModel(start, { rowsAtOnce }))
      : streamReference((found as { folder: string }).folder, rowsAtOnce),
  );
  const policy = withHeads(withLora(model, lora, config.seed), loss, config.seed);
  // As in a run, which keeps the answers and lets the model go.
  const letGo = () => start && disposeModel(start);
  const isKept = config.reference.store === 'none';
  const onAnswered = isKept ? undefined : letGo;
  stages.push([
    lossLabel(loss),
    await oneUpdate({ policy, reference, loss, dataset, recipe, shardOptimizer, onAnswered }),
  ]);

  const peak = memory.stop();
  for (const [label, took] of stages) console.log(stageLine(label, took));
  console.log(
    `${whole(parameterCount(policy.config))} parameters, ${whole(trainedNumbers(policy))} numbers trained; ` +
      `${gigabytes(peak)} of memory at its most${currentRanks().size > 1 ? ' on rank 0' : ''}.`,
  );
  disposeModel(policy);
  // Where nothing was asked of it, too.
  if (isKept || !loss.needs?.reference) letGo();
}

/** `KTO: 18 steps, at most about 8 s (this one took 0.56 s, loss 0.518); its reference before them, at most a second`. */
function stageLine(label: string, { steps, loss, secondsOfOne, seconds, secondsOfReference }: OneUpdate): string {
  const atMost = (time: number) => `at most ${time < 1 ? 'a second' : `about ${duration(time)}`}`;
  const one = `this one took ${secondsOfOne.toPrecision(2)} s, loss ${loss.toFixed(3)}`;
  const before = secondsOfReference === 0 ? '' : `; its reference before them, ${atMost(secondsOfReference)}`;
  return `${label}: ${whole(steps)} ${steps === 1 ? 'step' : 'steps'}, ${atMost(seconds)} (${one})${before}`;
}

/** Numbers that training moves: of adapters where there are any, else of the model, and of heads. */
function trainedNumbers({ weights }: CausalLM): number {
  return [...weights.values()].reduce((sum, { size, trainable }) => sum + (trainable ? size : 0), 0);
}
