import {
  estimateReferencePass,
  estimateSteps,
  type MachineRates,
  type PlannedStep,
  peakDeviceBytes,
  peakHostBytes,
  peakResidentBytes,
  rowLengths,
  type SecondsRange,
  type StepEstimate,
  type StepPasses,
  secondsOf,
} from '@halokit/trainer';
import { stagePlan } from '../stages/stage_plan';
import { factsOf, passesOfStep, referencesOf, sftMemory, streamedMemory } from './forecast_parts';
import type { Intent } from './intent';

/** What training will take; of several ranks, the one that has most of each batch. */
export interface Forecast {
  /** Its work is that of the steps that were looked at. */
  readonly estimate: StepEstimate;
  /** The most resident memory of the process, in bytes. */
  readonly peakBytes: number;
  /** The most memory of the graphics processor, in bytes, where one computes. */
  readonly deviceBytes?: number;
  readonly steps: number;
  /** Of all steps, and of what is asked before them; absent where no rates were measured. */
  readonly seconds?: SecondsRange;
  /** What of this comes before the first step, if anything does. */
  readonly secondsBefore?: SecondsRange;
}

/** Steps that tell the time of all, evenly spread, and steps that tell the memory of all, those with the longest rows. */
const looked = 96;

/**
 * Memory and time of training, from sizes alone.
 *
 * @param base resident bytes of the process before the model is loaded
 */
export async function forecast(intent: Intent, base: number, rates?: MachineRates): Promise<Forecast> {
  const { loss, dataset, config, askedBefore = false, streamed = false, onGpu = false } = intent;
  const { steps } = await stagePlan(loss, dataset, intent.walk);
  const passesOf = (some: readonly PlannedStep[]) => some.map((step) => passesOfStep(intent, step));
  const facts = factsOf(intent);
  const isBefore = askedBefore || streamed;
  const spread = passesOf(evenly(steps, looked));
  const longest = passesOf(longestSteps(steps, rowLengths(dataset)));
  const within = (passes: readonly StepPasses[]) =>
    estimateSteps(facts, isBefore ? passes.map((step) => ({ ...step, reference: [] })) : passes);
  const { parameters, work, memory } = within(spread);
  const before = estimateReferencePass(facts, referencesOf(isBefore ? spread : []));
  const moments = [
    memory,
    within(longest).memory,
    ...(isBefore && !streamed ? [estimateReferencePass(facts, referencesOf(longest)).memory] : []),
    ...(streamed ? [await streamedMemory(intent)] : []),
    ...(intent.first ? [sftMemory(intent, intent.first, longest)] : []),
  ];
  const most = moments.reduce((most, next) => (next.bytes > most.bytes ? next : most), memory);
  const flops = { ...work.flops, reference: work.flops.reference + before.work.flops.reference };
  const total = { flops, bytes: work.bytes + before.work.bytes };
  const scale = steps.length / spread.length;
  return {
    estimate: { parameters, work: total, memory: most },
    peakBytes: onGpu ? peakHostBytes(most.parts.weights, base) : peakResidentBytes(most.bytes, base),
    ...(onGpu && { deviceBytes: peakDeviceBytes(config, most) }),
    steps: steps.length,
    ...(rates && { seconds: scaled(secondsOf(total, rates), scale) }),
    ...(rates && isBefore && { secondsBefore: scaled(secondsOf(before.work, rates), scale) }),
  };
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
