import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/**
 * Some of the items offered, at most `size`, each as likely to be among them as any other, without holding the rest.
 *
 * Source: Vitter, "Random Sampling with a Reservoir", algorithm R.
 */
export class Sample<T> {
  /** Items offered so far. */
  offered = 0;
  private readonly held: (readonly [place: number, item: T])[] = [];

  constructor(
    private readonly size: number,
    private readonly random: RandomGenerator,
  ) {}

  offer(item: T): void {
    const at = this.offered < this.size ? this.offered : uniformInt(this.random, 0, this.offered);
    if (at < this.size) this.held[at] = [this.offered, item];
    this.offered += 1;
  }

  /** What is held, in the order in which it was offered. */
  drawn(): T[] {
    return [...this.held].sort(([a], [b]) => a - b).map(([, item]) => item);
  }
}
