import { classes, largestFall, sharpestBend, telling, whose } from './breaches';
import type { Clause } from './report';
import { show } from './rounding';
import { tells, type ValueCurve } from './value_curve';

/**
 * Clause 3: v is non-decreasing everywhere.
 *
 * It fails where v is lower at a larger z, by more than rounding. The counter-example is from the smallest grid on which v
 * falls by a quarter of its size at 0, or else from that on which it falls most.
 */
export function checkNonDecreasing(curves: readonly ValueCurve[]): Clause {
  const name = 'non-decreasing';
  if (!curves.some(tells)) return { name, verdict: 'unclear', detail: flat };
  const falls = curves.flatMap((curve) => largestFall(curve) ?? []);
  if (falls.length > 0) {
    const { curve, places } = telling(falls, 1 / 4);
    const z = places.map((i) => curve.z[i] as number);
    const v = places.map((i) => curve.v[i] as number);
    const says = `v goes ${z.map((x, i) => `${i ? 'to' : 'from'} ${show(v[i] as number)} at z = ${show(x)}`).join(' ')}`;
    const detail = `v of ${classes(falls)} examples falls as z rises.`;
    return {
      name,
      verdict: 'fails',
      detail,
      counterExample: { says: `${says}${whose(curves, curve)}`, numbers: { z, v } },
    };
  }
  return { name, verdict: 'holds', detail: `v never falls, ${range(curves)}.` };
}

/** Clause 4: v is concave in gains, z > 0: no chord over three neighbours lies above the middle one. */
export function checkConcave(curves: readonly ValueCurve[]): Clause {
  const name = 'concave in gains';
  if (!curves.some(tells)) return { name, verdict: 'unclear', detail: flat };
  const bends = curves.flatMap((curve) => sharpestBend(curve, 'gains', 1) ?? []);
  if (bends.length > 0) {
    const { curve, places } = telling(bends, 1 / 10);
    const z = places.map((i) => curve.z[i] as number);
    const v = places.map((i) => curve.v[i] as number);
    const chord = ((v[0] as number) + (v[2] as number)) / 2;
    const says = `v is ${v.map(show).join(', ')} at z = ${z.map(show).join(', ')}, and the chord ${show(chord)} in the middle`;
    const detail = `v of ${classes(bends)} examples is convex somewhere in gains.`;
    return {
      name,
      verdict: 'fails',
      detail,
      counterExample: { says: `${says}${whose(curves, curve)}`, numbers: { z, v } },
    };
  }
  return { name, verdict: 'holds', detail: `v never bends upwards in gains, ${range(curves)}.` };
}

const flat = 'The loss hardly moves with z, so this tells nothing.';

/** The z that were looked at. */
function range(curves: readonly ValueCurve[]): string {
  const z = curves.flatMap((curve) => curve.z);
  return `z from ${show(Math.min(...z))} to ${show(Math.max(...z))} nats`;
}
