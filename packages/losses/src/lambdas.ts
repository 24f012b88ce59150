import type { ClassWeights } from './classes';

/** How many examples have a thumb up and how many down. */
export interface ClassCounts {
  readonly desirable: number;
  readonly undesirable: number;
}

/** Where lambda_D n_D / (lambda_U n_U) should lie: gains need to weigh at least as much as losses, and little more. */
const range = [1, 4 / 3] as const;

/**
 * The weights of the classes that make up for their sizes:
 *
 *     lambda_D n_D / (lambda_U n_U)  in  [1, 4/3]
 *
 * The class that would weigh too little gets more than 1, just enough; where the counts are within the range already, both
 * weigh 1. Weights given by hand are kept, the missing one is computed.
 *
 * @throws RangeError for a class without examples, a weight that is not positive, or weights given by hand that lie
 * outside of the range, unless `outside: 'allow'`
 *
 * Source: Ethayarajh et al., "KTO: Model Alignment as Prospect Theoretic Optimization", section 4.2, equation 9.
 *
 * @example
 * kto({ beta: 0.1, ...lambdas({ desirable: 100, undesirable: 1000 }) }); // desirableWeight 10
 */
export function lambdas(
  { desirable, undesirable }: ClassCounts,
  given: ClassWeights & { readonly outside?: 'error' | 'allow' } = {},
): Required<ClassWeights> {
  for (const [name, count] of Object.entries({ desirable, undesirable })) {
    if (!(count > 0))
      throw new RangeError(`There are ${count} ${name} examples: weights cannot make up for a class that is missing.`);
  }
  for (const name of ['desirableWeight', 'undesirableWeight'] as const) {
    const weight = given[name];
    if (weight !== undefined && !(weight > 0)) throw new RangeError(`${name} is ${weight}: give a positive number.`);
  }
  const ratio = desirable / undesirable;
  const [least, most] = range;
  const { desirableWeight: up, undesirableWeight: down } = given;
  if (up === undefined && down === undefined) {
    return { desirableWeight: Math.max(1, least / ratio), undesirableWeight: Math.max(1, ratio / most) };
  }
  const desirableWeight = up ?? nearest((down as number) / ratio, range);
  const undesirableWeight = down ?? nearest(desirableWeight * ratio, [1 / most, 1 / least]);
  const balance = (desirableWeight * ratio) / undesirableWeight;
  const rounding = 1e-9;
  const isOutside = balance < least - rounding || balance > most + rounding;
  if (isOutside && given.outside !== 'allow') {
    throw new RangeError(
      `The weights ${desirableWeight} and ${undesirableWeight} put desirable : undesirable at ${balance.toPrecision(3)}, ` +
        `outside of [1, 4/3]; lambdas gives ${JSON.stringify(lambdas({ desirable, undesirable }))}. Say outside: 'allow' to keep them.`,
    );
  }
  return { desirableWeight, undesirableWeight };
}

/** `scale` times the factor of [low, high] that brings it nearest to 1. */
function nearest(scale: number, [low, high]: readonly [number, number]): number {
  return Math.min(Math.max(1, scale * low), scale * high);
}
