import { sharpestBend } from './breaches';
import type { ProspectProperties } from './report';
import { fromZero, tells, type ValueCurve } from './value_curve';

/** What prospect theory says of a value function, of the v of desirable examples. */
export function prospectProperties(curves: readonly ValueCurve[]): ProspectProperties {
  const desirable = curves.filter((curve) => curve.class === 'desirable');
  if (!desirable.some(tells)) return {};
  const outcomes = desirable.flatMap(mirrored);
  const clear = outcomes.find(({ loss, gain, noise }) => loss > 64 * noise && (gain > 64 * noise || gain <= noise));
  return {
    concaveInGains: !desirable.some((curve) => sharpestBend(curve, 'gains', 1)),
    convexInLosses: !desirable.some((curve) => sharpestBend(curve, 'losses', -1)),
    lossesLoomLarger:
      outcomes.every(({ loss, gain, noise }) => loss - gain >= -noise) &&
      outcomes.some(({ loss, gain, noise }) => loss - gain > noise),
    ...(clear && { lossAversion: clear.gain <= clear.noise ? Infinity : clear.loss / clear.gain }),
  };
}

/** What a gain of z adds and a loss of z takes, by rising z. */
function mirrored(curve: ValueCurve): { readonly gain: number; readonly loss: number; readonly noise: number }[] {
  const { w, noise } = fromZero(curve);
  const origin = curve.z.indexOf(0);
  const reach = Math.min(origin, curve.z.length - 1 - origin);
  return Array.from({ length: reach }, (_, k) => ({
    gain: w[origin + k + 1] as number,
    loss: -(w[origin - k - 1] as number),
    noise: (noise[origin + k + 1] as number) + (noise[origin - k - 1] as number),
  }));
}
