import { finiteLosses } from './ask_world';
import { betweenClasses, type OneValueFailure } from './between_classes';
import type { Clause } from './report';
import { show } from './rounding';
import { balanced, subjects } from './trials';
import { type Reading, signOf, tells, type ValueCurve, worldAt } from './value_curve';
import { changed, type Example, type Response, shifted, type World } from './world';

export interface OneValueFinding {
  readonly clause: Clause;
  readonly classWeight?: number;
}

/**
 * Clause 5: what is left beside v is the same for every example, so one v serves all.
 *
 * Both classes have the same v up to a constant; neither the rest of the batch nor a response's length enters but through z.
 */
export async function checkOneValue(reading: Reading, curves: readonly ValueCurve[]): Promise<OneValueFinding> {
  const name = 'one v';
  if (!curves.some(tells)) {
    return { clause: { name, verdict: 'unclear', detail: 'The loss hardly moves with z, so this tells nothing.' } };
  }
  const failure = betweenClasses(curves) ?? (await outsideZ(reading, curves));
  if (failure) {
    const { classWeight, ...rest } = failure;
    return { clause: { name, verdict: 'fails', ...rest }, ...(classWeight && { classWeight }) };
  }
  const whom = curves.some((curve) => curve.class === 'undesirable') ? 'both classes' : 'every example';
  const length = reading.oneLength ? '' : ' and the length of the response';
  const detail = `One v serves ${whom}, whatever the rest of the batch${length}.`;
  return { clause: { name, verdict: 'holds', detail } };
}

/** Something else than z that the loss of an example goes by. */
async function outsideZ(reading: Reading, curves: readonly ValueCurve[]): Promise<OneValueFailure | undefined> {
  for (const { index, class: of } of subjects(reading.loss)) {
    for (const curve of curves.filter((curve) => curve.class === of)) {
      for (const part of [-1, -1 / 4, 0, 1 / 4, 1]) {
        const i = curve.z.indexOf(part * curve.scale);
        if (i < 0) continue;
        const z = curve.z[i] as number;
        const world = worldAt(reading, curve.scale, index, z);
        for (const { world: other, says } of variations(reading, world, curve.scale, index, z)) {
          const v = signOf(reading.definition, of) * ((await finiteLosses(reading.loss, other))[index] as number);
          const before = curve.v[i] as number;
          // Longer responses are larger sums.
          if (Math.abs(v - before) <= 8 * (curve.noise[i] as number)) continue;
          return {
            detail: `v of ${of} examples goes by more than z: ${says} changes it.`,
            counterExample: {
              says: `at z = ${show(z)} v goes from ${show(before)} to ${show(v)}`,
              numbers: { z, before, after: v },
            },
          };
        }
      }
    }
  }
  return undefined;
}

/** Other batches with the same z for the example looked at. */
function variations({ loss, kind, oneLength }: Reading, world: World, scale: number, subject: number, z: number) {
  const longer = (from: World) =>
    changed(from, (r, i, slot) => (i === subject && slot !== 'kl' ? { ...r, length: 4 } : r));
  const mates = (from: World, change: (r: Response, index: number) => Response) =>
    changed(from, (r, i, slot) => (i === subject || slot === 'kl' ? r : change(r, i)));
  const spread = mates(world, (r, i) => shifted(r, (balanced(i, subject) * scale) / 2));
  const matesLonger = (from: World) => mates(from, (r, i) => ({ ...r, length: i < 4 ? 2 : 4 }));
  const relabelled = [1 - subject, subject + 2].map((which): World => {
    const label = (example: Example, i: number) =>
      i === which ? { ...example, desirable: !example.desirable } : example;
    return { ...world, examples: world.examples.map(label) };
  });
  // Lengths may change where rewards are known to stay: whatever its length normaliser, a log-ratio of 0 does.
  const zero = z === 0 && kind.endsWith('ratio') ? [changed(world, (r) => ({ ...r, reward: 0 }))] : [];
  const bases = oneLength ? zero : [world];
  const variation = (says: string) => (world: World) => ({ world, says });
  return [
    ...bases.map(longer).map(variation('the length of the response (at equal reward)')),
    ...bases.map(matesLonger).map(variation('the length of the other examples (at equal rewards)')),
    ...[spread].map(variation('the rewards of the other examples (at equal means)')),
    ...(loss.feedback === 'binary' ? relabelled.map(variation('the class of another example')) : []),
  ];
}
