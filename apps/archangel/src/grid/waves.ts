import type { Job } from './job';

/**
 * The wave of each job by name: 1 where it comes after none, else one more than the latest that it comes after.
 *
 * @param jobs what comes before stands before
 */
export function waves(jobs: readonly Job[]): ReadonlyMap<string, number> {
  const wave = new Map<string, number>();
  for (const { name, after } of jobs) {
    wave.set(name, 1 + Math.max(0, ...after.map((before) => wave.get(before) ?? 0)));
  }
  return wave;
}

/** Jobs of a grid wave by wave, otherwise in their order. */
export function byWave(jobs: readonly Job[], all: readonly Job[]): Job[] {
  const wave = waves(all);
  return [...jobs].sort((a, b) => (wave.get(a.name) as number) - (wave.get(b.name) as number));
}
