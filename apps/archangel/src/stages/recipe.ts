import { type Schedule, warmupConstant, warmupCosine, warmupLinear } from '@halokit/trainer';
import type { StageConfig, TrainConfig } from '../config/train_config';

/** How a stage walks through its data and moves the weights. */
export interface Recipe {
  readonly seed: number;
  readonly batchSize: number;
  readonly microbatchSize: number;
  readonly microbatchTokens?: number;
  readonly epochs: number;
  readonly maxSteps?: number;
  readonly learningRate: number;
  /** Default: 150, at most a tenth of all updates. */
  readonly warmupSteps?: number;
  /** After the warm-up: the full rate to the end, or down to 0 in a line or half a cosine. */
  readonly schedule: 'constant' | 'linear' | 'cosine';
  readonly optimizer: 'rmsprop' | 'adamw';
  readonly maxGradNorm: number;
  readonly gradientCheckpointing?: boolean;
}

/**
 * A stage's recipe: its own keys, and what all stages share. New weights move a thousand times faster than old ones, and
 * adapters ten times faster than weights, as in TRL's example scripts (`dpo.py`: 5e-6 with LoRA, 5e-7 without).
 */
export function recipeOf(config: TrainConfig, stage: StageConfig, isSpeaking: boolean): Recipe {
  const { seed, batchSize, microbatchSize, microbatchTokens, maxGradNorm, gradientCheckpointing } = config;
  const { epochs, examples, warmupSteps } = stage;
  const stepsOfExamples = examples === undefined ? Infinity : Math.ceil(examples / batchSize);
  const most = Math.min(stage.maxSteps ?? Infinity, stepsOfExamples);
  const [weights, adapters] = config.model === undefined ? [5e-5, 5e-4] : [5e-7, 5e-6];
  const usual = config.lora.rank === undefined ? weights : adapters;
  return {
    ...{ seed, batchSize, microbatchSize, microbatchTokens, maxGradNorm, gradientCheckpointing },
    ...{ epochs, warmupSteps, maxSteps: most === Infinity ? undefined : most },
    learningRate: stage.learningRate ?? (isSpeaking ? 2e-3 : usual),
    schedule: stage.schedule ?? (isSpeaking ? 'cosine' : 'constant'),
    optimizer: stage.optimizer ?? (isSpeaking ? 'adamw' : 'rmsprop'),
  };
}

const schedules = { constant: warmupConstant, linear: warmupLinear, cosine: warmupCosine };

/** The learning rate's course over so many steps. */
export function scheduleOf(
  { schedule, warmupSteps }: Pick<Recipe, 'schedule' | 'warmupSteps'>,
  steps: number,
): Schedule {
  const warmup = warmupSteps ?? Math.min(150, Math.floor(steps / 10));
  return schedules[schedule](warmup);
}
