import { join } from 'node:path';
import type { Loss } from '@halokit/losses';
import type { CausalLM } from '@halokit/models';
import { lossLabel } from '../losses/loss_label';
import { rewardScale } from '../losses/reward_scale';
import { currentRanks } from '../ranks/ranks';
import { type StageObserver, stepProgress } from '../stages/observers';
import type { TrainingRun } from '../stages/training_run';
import { columnsOf } from '../terminal/fold';
import { sayBeside } from '../terminal/progress';
import { showAnswers, watchStage } from '../watch/watch_stage';
import { distinctPrompts } from './answer_prompts';
import { sampleCompletions } from './sample_completions';
import { shortAnswer } from './short_answer';
import { tensorboardCurves } from './tensorboard_curves';
import { watchHealth } from './watch_health';

/**
 * Everyone who follows a stage of `train`: what is seen of it, and what it leaves in the run's folder beside its metrics. Nobody on
 * ranks that neither print nor write.
 */
export function runObservers(run: TrainingRun, loss: Loss, policy: CausalLM): StageObserver[] {
  if (!currentRanks().first) return [];
  const { out, watch, material } = run;
  const { sampleEvery, samplePrompts, sampleTokens } = run.request.config;
  const label = lossLabel(loss);
  const files = (kind: string) => join(out, `${loss.name}-${kind}.jsonl`);
  const say = (line: string) => {
    sayBeside(`  ${line}`);
    watch?.run.notes.push(line);
  };
  const observers = [
    stepProgress(label),
    tensorboardCurves(join(out, 'tensorboard', loss.name)),
    watchHealth(rewardScale(loss, material.weighed.options), say),
    ...(watch ? [watchStage(watch, label, { metrics: files('metrics'), samples: files('samples') })] : []),
  ];
  if (sampleEvery === undefined && !watch) return observers;
  const heldOut = material.heldOut.examples.map(({ prompt }) => prompt);
  const prompts = distinctPrompts(heldOut, samplePrompts, policy.config.maxPositionEmbeddings);
  if (prompts.length === 0) {
    console.log('No answers on the way: no held-out prompt leaves room for one.');
    return observers;
  }
  const sampling = sampleCompletions({
    ...{ folder: out, loss: loss.name, model: policy, every: sampleEvery },
    ...{ tokenizer: material.tokenize.tokenizer, format: material.format, maxNewTokens: sampleTokens },
    ...{ prompts, stopwatch: run.aside },
    onAnswers(step, answers) {
      const line = shortAnswer(step, answers, columnsOf(process.stdout));
      if (line !== undefined) sayBeside(line);
      if (watch) showAnswers(watch, step, answers);
    },
  });
  return [...observers, sampling];
}
