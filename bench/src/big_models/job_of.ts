import { adapterShapes, type ModelConfig, weightShapes, writeConfig } from '@halokit/models';
import type { Job } from './protocol';
import { adapter, type Task } from './task';

/** The same for both programs. */
export function jobOf(task: Omit<Task, 'name' | 'model'>, config: ModelConfig, steps: number, threads: number): Job {
  const { kind, rows, tokens, microbatchRows } = task;
  const ofAdapter = kind === 'full' ? [] : Object.keys(adapterShapes(config, adapter));
  return {
    ...{ kind, rows, tokens, microbatchRows, steps, threads, config: writeConfig(config) },
    names: [...Object.keys(weightShapes(config)), ...ofAdapter],
    ...{ rank: adapter.rank, alpha: adapter.alpha },
    // RMSprop's first update is ten times this in every weight.
    learningRate: kind === 'full' ? 1e-6 : 1e-5,
  };
}
