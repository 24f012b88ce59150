import type { Loss } from '../contract';
import { lossesOf, ProbeError, saying } from './ask_world';
import type { ExampleClass, HaloDefinition, RewardKind } from './report';
import { rounding } from './rounding';
import { subjects } from './trials';
import { magnitude, shifted, type World, worldOf } from './world';

/** Half-widths of the grids, in nats. A loss's beta is not known, so one of them has to show the bend of its v. */
export const scales = [2 ** -3, 2 ** -1, 2, 2 ** 3, 2 ** 5, 2 ** 7, 2 ** 9] as const;

/** Points on either side of 0. All are multiples of a power of 2, so that float32 has them exactly. */
const half = 32;

/** v of one class on one grid: what the definition leaves of the loss as the example's own reward moves. */
export interface ValueCurve {
  readonly class: ExampleClass;
  readonly scale: number;
  /** Rising, equally spaced, 0 among them; only where the loss is finite. */
  readonly z: readonly number[];
  readonly v: readonly number[];
  /** What rounding may do to v at each z. */
  readonly noise: readonly number[];
}

/** How v is read from the loss: the reward, and what a class's loss is times to be v. */
export interface Reading {
  readonly loss: Loss;
  readonly kind: RewardKind;
  /** Without one z is the reward itself: where it is a log-probability, above a level of the grid's. */
  readonly hasReferencePoint: boolean;
  readonly definition: HaloDefinition;
  /** Rewards of responses of different lengths cannot be compared. */
  readonly oneLength: boolean;
}

/** a(x, y): v is -loss. Only the signed definition turns it over, for undesirable examples. */
export function signOf(definition: HaloDefinition, of: ExampleClass): number {
  return definition === 'signed' && of === 'undesirable' ? 1 : -1;
}

/** One-token responses whose rewards are all at the reference point, but for that of the example looked at: z above it. */
export function worldAt({ loss, kind, hasReferencePoint }: Reading, scale: number, subject: number, z: number): World {
  // Above 0 for all z: an estimate of a divergence may be held at 0.
  const point = hasReferencePoint ? scale : 0;
  const neutral = { reward: point, length: 1, twist: 0, unseen: 0 };
  return worldOf(loss, kind, 4 * scale, (i, slot) =>
    i === subject && slot === 'response' ? shifted(neutral, z) : neutral,
  );
}

/**
 * v on every grid and for every class.
 *
 * @throws ProbeError where the loss throws or is NaN. Where it is infinite, float32 has run over: the grid ends before.
 */
export async function valueCurves(reading: Reading): Promise<ValueCurve[]> {
  const curves: ValueCurve[] = [];
  for (const { index, class: of } of subjects(reading.loss)) {
    for (const scale of scales) curves.push(await curveOf(reading, scale, index, of));
  }
  return curves;
}

async function curveOf(reading: Reading, scale: number, subject: number, of: ExampleClass): Promise<ValueCurve> {
  const sign = signOf(reading.definition, of);
  const z: number[] = [];
  const v: number[] = [];
  for (let step = -half; step <= half; step++) {
    const at = (step * scale) / half;
    const world = worldAt(reading, scale, subject, at);
    const loss = (await lossesOf(reading.loss, world))[subject] as number;
    if (Number.isNaN(loss) || (at === 0 && !Number.isFinite(loss))) {
      throw new ProbeError(`the loss is ${loss} at z = ${at}, ${saying(world, subject)}`);
    }
    z.push(at);
    v.push(sign * loss);
  }
  const before = v.slice(0, half).findLastIndex((x) => !Number.isFinite(x)) + 1;
  const beyond = v.findIndex((x, i) => i > half && !Number.isFinite(x));
  const finite = [before, beyond < 0 ? v.length : beyond] as const;
  const size = magnitude(worldAt(reading, scale, subject, scale));
  return {
    class: of,
    scale,
    z: z.slice(...finite),
    v: v.slice(...finite),
    noise: noiseOf(v.slice(...finite), scale / half, Math.abs(v[half] as number), size),
  };
}

/** Rounding at each point: of the loss there, of its typical size (softplus is off by units of 1, say), and of its input. */
function noiseOf(v: readonly number[], step: number, typical: number, size: number): number[] {
  return v.map((here, i) => {
    const [left, right] = [v[i - 1] ?? here, v[i + 1] ?? here];
    const slope = Math.max(Math.abs(here - left), Math.abs(right - here)) / step;
    return rounding(Math.abs(here) + typical, slope, size);
  });
}

/** How far v is from its value at 0, at each z, and what rounding may do to that. */
export function fromZero({ z, v, noise }: ValueCurve): { readonly w: number[]; readonly noise: number[] } {
  const origin = z.indexOf(0);
  const [v0, noise0] = [v[origin] as number, noise[origin] as number];
  return { w: v.map((x) => x - v0), noise: noise.map((x) => x + noise0) };
}

/** v changes on this grid, beyond rounding. */
export function tells(curve: ValueCurve): boolean {
  const { w, noise } = fromZero(curve);
  return w.some((x, i) => Math.abs(x) > (noise[i] as number));
}
