import type { Loss } from '@halokit/losses';
import type { ModelConfig } from '@halokit/models';
import { InputError } from '../input_error';
import { peakMemory } from './memory';
import type { PeakMemory, Resident } from './memory_parts';
import { type AdapterFacts, modelSizes } from './model_sizes';
import type { StepPasses } from './step_passes';
import { type StepWork, stepWork } from './work';

/** What is trained, and what is in memory beside it. */
export interface TrainingFacts extends Resident {
  readonly config: ModelConfig;
  readonly loss: Pick<Loss, 'needs'>;
  /** What is trained in place of the weights. */
  readonly adapter?: AdapterFacts;
}

/** What training takes, known from sizes alone. */
export interface StepEstimate {
  /** Weights, those of heads and of an adapter included. */
  readonly parameters: number;
  /** Of the step that holds most. */
  readonly memory: PeakMemory;
  /** Of all steps together. */
  readonly work: StepWork;
}

/**
 * What steps of training take in memory and work, before anything is loaded: from a model's config, what a loss needs, and
 * the sizes of the forward passes.
 *
 * @param steps passes by step, as `stepPasses` gives them
 * @throws InputError for no steps
 * @example
 * const passes = plan.steps.map((step) => stepPasses(kto(), tokenBatch(dataset, step), step.microbatches));
 * const facts = { config: preset('pythia-1.4b'), loss: kto(), slots: 1, copy: true };
 * const { memory } = estimateSteps(facts, passes);
 * console.log(memory.moment, memory.bytes / 1e9, 'GB');
 */
export function estimateSteps(facts: TrainingFacts, steps: readonly StepPasses[]): StepEstimate {
  const sizes = modelSizes(facts.config, facts.loss, facts.adapter);
  const peaks = steps.map((passes) => peakMemory(sizes, facts, passes));
  const [first, ...others] = peaks;
  if (!first) throw new InputError('There are no steps to estimate.');
  const works = steps.map((passes) => stepWork(sizes, facts, passes));
  const sum = (of: (work: StepWork) => number) => works.reduce((total, work) => total + of(work), 0);
  return {
    parameters: sizes.parameters,
    memory: others.reduce((most, next) => (next.bytes > most.bytes ? next : most), first),
    work: {
      flops: {
        reference: sum(({ flops }) => flops.reference),
        policy: sum(({ flops }) => flops.policy),
        training: sum(({ flops }) => flops.training),
      },
      bytes: sum(({ bytes }) => bytes),
    },
  };
}
