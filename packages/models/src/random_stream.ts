import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** A generator of this seed. The first numbers of neighbouring seeds are alike; after a jump of 2^64 they are not. */
export function randomStream(seed: number): RandomGenerator {
  const random = xoroshiro128plus(seed);
  random.jump();
  return random;
}

/** Normal numbers of mean 0, by Box and Muller's transform: two from two uniform ones. */
export function fillNormal(values: Float32Array, deviation: number, random: RandomGenerator): void {
  for (let i = 0; i < values.length; i += 2) {
    const radius = deviation * Math.sqrt(-2 * Math.log(1 - uniformFloat64(random)));
    const angle = 2 * Math.PI * uniformFloat64(random);
    values[i] = radius * Math.cos(angle);
    if (i + 1 < values.length) values[i + 1] = radius * Math.sin(angle);
  }
}
