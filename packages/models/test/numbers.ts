import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** The numbers of a tensor, which every backend is given alike. */
export interface Numbers {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** Draws from a normal distribution, by Box and Muller's transform. */
export function normals(seed: number, shape: readonly number[], spread = 1, mean = 0): Numbers {
  const random = stream(seed);
  const draw = () => {
    const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(random)));
    return mean + spread * radius * Math.cos(2 * Math.PI * uniformFloat64(random));
  };
  return { shape, values: Array.from({ length: sizeOf(shape) }, draw) };
}

/** Every number a little larger or smaller, by up to a part of itself. */
export function perturbed({ shape, values }: Numbers, part: number, seed: number): Numbers {
  const random = stream(seed);
  return { shape, values: values.map((x) => x * (1 + part * (2 * uniformFloat64(random) - 1))) };
}

/** The first numbers after small seeds are alike; those after a jump are not. */
function stream(seed: number): RandomGenerator {
  const random = xoroshiro128plus(seed);
  random.jump();
  return random;
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

export function largest({ values }: { readonly values: ArrayLike<number> }): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i] as number));
  return most;
}
