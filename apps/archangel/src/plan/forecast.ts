import type { Loss } from '@halokit/losses';
import type { ModelConfig } from '@halokit/models';
import {
  type AdapterFacts,
  type Dataset,
  estimateSteps,
  type MachineRates,
  type PlannedStep,
  peakResidentBytes,
  rowLengths,
  type SecondsRange,
  type StepEstimate,
  secondsOf,
  stepPasses,
  tokenBatch,
} from '@halokit/trainer';
import { stagePlan, type Walk } from '../stages/stage_plan';
import type { Stored } from '../stages/storage';

/** Training that has not begun. */
export interface Intent extends Stored {
  readonly config: ModelConfig;
  readonly loss: Loss;
  readonly dataset: Dataset;
  readonly walk: Walk;
  readonly optimizer: 'rmsprop' | 'adamw';
  /** What is trained in place of the weights. */
  readonly adapter?: AdapterFacts;
  /** The model as it was is read from its checkpoint layer by layer, and not kept. Default: false. */
  readonly streamed?: boolean;
  /** Each layer is computed again in the backward pass. Default: false. */
  readonly gradientCheckpointing?: boolean;
  /** Rows that the reference computes at once. */
  readonly rowsAtOnce: number;
}

/** What training will take. */
export interface Forecast {
  /** Its work is that of the steps that were looked at. */
  readonly estimate: StepEstimate;
  /** The most resident memory of the process, in bytes. */
  readonly peakBytes: number;
  readonly steps: number;
  /** Of all steps; absent where no rates were measured. */
  readonly seconds?: SecondsRange;
}

/** Steps that tell the time of all, evenly spread, and steps that tell the memory of all, those with the longest rows. */
const looked = 96;

/**
 * Memory and time of training, from sizes alone.
 *
 * @param base resident bytes of the process before the model is loaded
 */
export async function forecast(intent: Intent, base: number, rates?: MachineRates): Promise<Forecast> {
  const { config, loss, dataset, optimizer, rowsAtOnce, adapter, streamed = false } = intent;
  const { gradientCheckpointing, storage, copyStorage } = intent;
  const { steps } = await stagePlan(loss, dataset, intent.walk);
  const estimateOf = (some: readonly PlannedStep[]) => {
    const passes = some.map(({ epoch, microbatches, ...step }) => {
      const batch = tokenBatch(dataset, { epoch, microbatches, ...step }, config.maxPositionEmbeddings);
      // In later epochs the reference's answers are remembered.
      return stepPasses(loss, batch, microbatches, epoch === 0 && { rowsAtOnce });
    });
    // With a loss that needs no reference, too: it is what the trained model is compared with.
    const copy = !streamed;
    const slots = optimizer === 'adamw' ? 2 : 1;
    const saving = { gradientCheckpointing, storage, copyStorage };
    return estimateSteps({ config, loss, slots, copy, adapter, ...saving }, passes);
  };
  const spread = evenly(steps, looked);
  const { parameters, work, memory: usual } = estimateOf(spread);
  const { memory: most } = estimateOf(longestSteps(steps, rowLengths(dataset)));
  const memory = most.bytes > usual.bytes ? most : usual;
  const seconds = rates && scaled(secondsOf(work, rates), steps.length / spread.length);
  const peakBytes = peakResidentBytes(memory.bytes, base);
  return { estimate: { parameters, work, memory }, peakBytes, steps: steps.length, ...(seconds && { seconds }) };
}

/** At most so many of them, at equal distances. */
function evenly<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)] as T);
}

/** The steps whose longest row is longest. */
function longestSteps(steps: readonly PlannedStep[], lengths: readonly number[]): PlannedStep[] {
  const longest = ({ examples }: PlannedStep) => Math.max(...examples.map((example) => lengths[example] as number));
  const measured = steps.map((step) => ({ step, length: longest(step) })).sort((a, b) => b.length - a.length);
  return measured.slice(0, looked).map(({ step }) => step);
}

function scaled({ likely, low, high }: SecondsRange, by: number): SecondsRange {
  return { likely: likely * by, low: low * by, high: high * by };
}
