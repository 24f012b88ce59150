import type { PassShape } from '@halokit/models';
import type { TrainingFacts } from './estimate_steps';
import { copyBytes, peakOf, weightBytes } from './memory';
import type { PeakMemory } from './memory_parts';
import { modelSizes } from './model_sizes';
import { plainMoments } from './plain_moments';
import { type StepWork, stepWork } from './work';

/** What a pass by the reference takes that is made before the first step. */
export interface PassEstimate {
  readonly memory: PeakMemory;
  readonly work: StepWork;
}

/**
 * What it takes to ask the model for log-probabilities before it trains: it is its own reference until then, or, with a
 * `copyStorage`, a copy in 16 bits is.
 *
 * @param passes sizes of the forward passes, as `stepPasses` gives those of the reference
 * @example
 * const passes = plan.steps.flatMap((step) => stepPasses(loss, tokenBatch(dataset, step), step.microbatches).reference);
 * const before = estimateReferencePass(facts, passes);
 * const { memory } = estimateSteps({ ...facts, copy: false }, steps); // without the reference
 */
export function estimateReferencePass(facts: TrainingFacts, passes: readonly PassShape[]): PassEstimate {
  const sizes = modelSizes(facts.config, {}, facts.adapter);
  const { storage, copyStorage } = facts;
  const copy = copyStorage ? copyBytes(sizes, facts) : 0;
  const moment = 'the pass by the reference';
  const always = { weights: weightBytes(sizes, facts), copy, optimizer: 0 };
  return {
    memory: peakOf(always, [{ moment }, ...plainMoments(sizes, passes, copyStorage ?? storage, moment)]),
    work: stepWork(sizes, facts, { reference: passes, policy: [], training: [] }),
  };
}
