import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Seeded draws. */
export interface Random {
  pick<T>(choices: readonly T[]): T;
  chance(probability: number): boolean;
  /** A copy in random order (Fisher-Yates). */
  shuffled<T>(choices: readonly T[]): T[];
}

/** Draws number `stream` of a seed: streams do not overlap, so what one draws leaves the others as they are. */
export function seeded(seed: number, stream: number): Random {
  const generator = xoroshiro128plus(seed);
  for (let i = 0; i < stream; i++) generator.jump();
  return {
    pick: (choices) => choices[uniformInt(generator, 0, choices.length - 1)] as (typeof choices)[number],
    chance: (probability) => uniformFloat64(generator) < probability,
    shuffled<T>(choices: readonly T[]) {
      const result = [...choices];
      for (let i = result.length - 1; i > 0; i--) {
        const j = uniformInt(generator, 0, i);
        [result[i], result[j]] = [result[j] as T, result[i] as T];
      }
      return result;
    },
  };
}
