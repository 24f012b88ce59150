import type { Clause, CounterExample, ExampleClass } from './report';
import { roughly, show } from './rounding';
import { fromZero, scales, type ValueCurve } from './value_curve';

export interface OneValueFailure extends Pick<Clause, 'detail'> {
  readonly counterExample: CounterExample;
  readonly classWeight?: number;
}

/** A point of both classes' curves, from their values at 0. */
interface Pair {
  readonly z: number;
  readonly desirable: number;
  readonly undesirable: number;
  readonly noise: readonly [desirable: number, undesirable: number];
}

/** How the v of one class differs from that of the other, if it does: by a factor, by being turned over, or in shape. */
export function betweenClasses(curves: readonly ValueCurve[]): OneValueFailure | undefined {
  const pairs = scales.flatMap((scale) => pairsAt(curves, scale));
  const excess = (factor: number, slack = 0) =>
    pairs.map(({ desirable, undesirable, noise }) => {
      const allowed = noise[1] + Math.abs(factor) * noise[0] + slack * Math.abs(desirable);
      return Math.abs(undesirable - factor * desirable) / allowed;
    });
  const equal = excess(1);
  if (equal.every((x) => x <= 1)) return undefined;

  // The factor is taken where rounding matters least to it.
  const clearness = pairs.map(({ desirable, noise }) => Math.abs(desirable) / (noise[0] + noise[1]));
  const clearest = pairs[clearness.indexOf(Math.max(...clearness))] as Pair;
  const factor = clearest.undesirable / clearest.desirable;
  const slack = (clearest.noise[1] + Math.abs(factor) * clearest.noise[0]) / Math.abs(clearest.desirable);
  const proportional = factor !== 0 && excess(factor, slack).every((x) => x <= 1);
  if (proportional && factor > 0) {
    const classWeight = 1 / factor;
    const detail = `v has one shape, but that of desirable examples is ${roughly(classWeight)} times as tall: a class weight of ${roughly(classWeight)}, which the definition has no place for, makes it one.`;
    return { detail, classWeight, counterExample: asPair(clearest) };
  }
  const detail = proportional
    ? `v of undesirable examples is that of desirable ones turned over${roughly(factor) === '-1' ? '' : `, times ${roughly(factor)}`}.`
    : 'v of undesirable examples has another shape than v of desirable ones.';
  return { detail, counterExample: asPair(proportional ? clearest : mostUnlike(pairs, equal)) };
}

/** The first, from the smallest grid on, where the classes differ by a tenth; else where they differ most for what rounding may do. */
function mostUnlike(pairs: readonly Pair[], excess: readonly number[]): Pair {
  const unlike = ({ desirable, undesirable }: Pair) =>
    Math.abs(desirable - undesirable) > Math.max(Math.abs(desirable), Math.abs(undesirable)) / 10;
  const first = pairs.find((pair, i) => (excess[i] as number) > 1 && unlike(pair));
  return first ?? (pairs[excess.indexOf(Math.max(...excess))] as Pair);
}

function pairsAt(curves: readonly ValueCurve[], scale: number): Pair[] {
  const of = (kind: ExampleClass) => curves.find((curve) => curve.scale === scale && curve.class === kind);
  const [desirable, undesirable] = [of('desirable'), of('undesirable')];
  if (!desirable || !undesirable) return [];
  const [d, u] = [fromZero(desirable), fromZero(undesirable)];
  return desirable.z.flatMap((z, i) => {
    const j = undesirable.z.indexOf(z);
    if (j < 0 || z === 0) return [];
    const noise = [d.noise[i] as number, u.noise[j] as number] as const;
    return [{ z, desirable: d.w[i] as number, undesirable: u.w[j] as number, noise }];
  });
}

function asPair({ z, desirable, undesirable }: Pair): CounterExample {
  const says = `from z = 0 to ${show(z)} v changes by ${show(desirable)} for a desirable example and by ${show(undesirable)} for an undesirable one`;
  return { says, numbers: { z, desirable, undesirable } };
}
