import { join } from 'node:path';
import { saveAdapter, saveCheckpoint } from '@halokit/models/node';
import { type TrainState, train } from '@halokit/trainer';
import { agreed } from '../ranks/agreed';
import { checkpointFacts } from '../ranks/common_facts';
import { currentRanks } from '../ranks/ranks';
import { requireSameOnAll } from '../ranks/same_on_all';
import { namingBatch } from '../survival/naming_batch';
import { loadTrained } from '../survival/saved_weights';
import { StageKeeper } from '../survival/stage_keeper';
import { stopSignal } from '../survival/stop_signal';
import type { StageObserver } from './observers';
import { scheduleOf } from './recipe';
import { writeWhole } from './run_folder';
import type { Stage } from './stage';
import { stageMetrics } from './stage_metrics';
import { stageOptimizer } from './stage_optimizer';
import { stagePlan } from './stage_plan';
import { Watched } from './watched';

/**
 * Trains a policy before its observers' eyes, and leaves `LOSS-metrics.jsonl`, `LOSS-plan.json` and a checkpoint in `LOSS/`: of a
 * policy with an adapter the merged model, and the adapter in `adapter/` there. With a keeper it goes on where it was, and a
 * stage that is behind is only loaded. Of several ranks all train, and the first alone writes.
 *
 * @throws Interrupted when the process is asked to stop, once the step is made and saved
 */
export async function trainStage(stage: Stage, observers: readonly StageObserver[]): Promise<void> {
  const { label, folder, policy, loss, keeper } = stage;
  const model = join(folder, loss.name);
  if (await agreed(() => keeper?.isFinished(loss.name))) {
    await agreed(() => loadTrained(policy, model));
    console.log(`${label} is behind: its model is in ${model}.`);
    return;
  }
  await trainSteps(stage, observers);
  await agreed(async () => {
    if (!currentRanks().first) return;
    await saveCheckpoint(policy, model, { files: stage.files });
    if (policy.adapter) await saveAdapter(policy, join(model, 'adapter'), { base: stage.base });
    await keeper?.finish(loss.name);
  });
}

async function trainSteps(stage: Stage, observers: readonly StageObserver[]): Promise<void> {
  const { label, folder, policy, reference, loss, dataset, recipe, lossScale, keeper: run } = stage;
  const { communicator, first } = currentRanks();
  const { learningRate, maxGradNorm, gradientCheckpointing, optimizer: _, warmupSteps, schedule, ...walk } = recipe;
  const plan = await stagePlan(loss, dataset, walk);
  const steps = plan.steps.length;
  const optimizer = stageOptimizer(recipe, stage.shardOptimizer);
  const training = { policy, optimizer, loss, plan };
  const keeper = run && new StageKeeper(run, training, label);
  const saved = await agreed(async () => {
    if (first) await writeWhole(join(folder, `${loss.name}-plan.json`), JSON.stringify(plan));
    return await keeper?.restore();
  });
  await requireSameOnAll(checkpointFacts(label, saved?.state.step));
  const metrics = await agreed(() => stageMetrics(join(folder, `${loss.name}-metrics.jsonl`), saved?.metricsBytes));
  const stop = keeper && stopSignal();
  const watched = new Watched(observers);
  let state: TrainState | undefined = saved?.state;
  try {
    await watched.all((observer) => observer.begin?.(steps, saved?.state.step ?? 0));
    const events = train({
      ...{ ...training, reference, dataset, learningRate, communicator, schedule: scheduleOf(recipe, steps) },
      ...{
        maxGradNorm,
        lossScale,
        gradientCheckpointing,
        from: state,
        onNotFinite: run?.options.onNan,
        signal: stop?.signal,
      },
    });
    for await (const event of namingBatch(events, stage)) {
      state = event.state;
      await metrics.append(event);
      await watched.all((observer) => observer.onStep?.(event));
      await keeper?.afterStep(state, metrics);
    }
    // Of several ranks any one may have been asked to stop, and all have stopped after the same step.
    const stopped = communicator ? (state?.step ?? 0) < steps : stop?.signal.aborted;
    if (stopped) await keeper?.interrupt(state, metrics);
  } finally {
    stop?.end();
    await watched.all((observer) => observer.end?.(state?.step === steps));
    optimizer.dispose();
    await metrics.close();
  }
}
