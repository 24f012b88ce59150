import type { ValueCurve } from './value_curve';

/** Places on a curve that break a clause, and how badly: a share of what v is, or of how far it moves there. */
export interface Breach {
  readonly curve: ValueCurve;
  readonly places: readonly number[];
  readonly share: number;
}

/** The breach to show: on the first class and the smallest grid where it is at least this bad, else the worst. */
export function telling(breaches: readonly Breach[], share: number): Breach {
  const ofFirst = breaches.filter(({ curve }) => curve.class === breaches[0]?.curve.class);
  const worst = Math.max(...ofFirst.map((breach) => breach.share));
  return ofFirst.find((breach) => breach.share >= Math.min(share, worst)) as Breach;
}

export const classes = (breaches: readonly Breach[]) =>
  [...new Set(breaches.map(({ curve }) => curve.class))].join(' and ');

/** Whose v, where there are two. */
export const whose = (curves: readonly ValueCurve[], { class: of }: ValueCurve) =>
  curves.some((curve) => curve.class === 'undesirable') ? ` (${of})` : '';

/** The places between which v falls furthest, if beyond rounding. */
export function largestFall(curve: ValueCurve): Breach | undefined {
  const { z, v, noise } = curve;
  const size = Math.abs(v[z.indexOf(0)] as number) + 1e-30;
  let best = 0;
  let places: [number, number] | undefined;
  let top = 0;
  for (let i = 1; i < v.length; i++) {
    const fall = (v[top] as number) - (v[i] as number) - (noise[top] as number) - (noise[i] as number);
    if (fall > best) [best, places] = [fall, [top, i]];
    if ((v[i] as number) > (v[top] as number)) top = i;
  }
  return places && { curve, places, share: best / size };
}

/** Three equally spaced places where v bends upwards (1) or downwards (-1) most for how it moves, if beyond rounding. */
export function sharpestBend(curve: ValueCurve, side: 'gains' | 'losses', way: 1 | -1): Breach | undefined {
  const { z, v, noise } = curve;
  let sharpest: Breach | undefined;
  for (const stride of [1, 4]) {
    for (let i = stride; i + stride < v.length; i++) {
      const three: [number, number, number] = [i - stride, i, i + stride];
      const inside = side === 'gains' ? (z[three[0]] as number) >= 0 : (z[three[2]] as number) <= 0;
      if (!inside) continue;
      const [a, b, c] = three.map((p) => v[p] as number) as [number, number, number];
      const [na, nb, nc] = three.map((p) => noise[p] as number) as [number, number, number];
      const bend = way * (a - 2 * b + c) - (na + 2 * nb + nc);
      const share = bend / (Math.abs(b - a) + Math.abs(c - b));
      if (bend > 0 && share > (sharpest?.share ?? 0)) sharpest = { curve, places: three, share };
    }
  }
  return sharpest;
}
