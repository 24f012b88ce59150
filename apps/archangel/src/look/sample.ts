import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** At most so many of the items offered, each as likely as any other (reservoir sampling). */
export class Sample<T> {
  private readonly held: T[] = [];
  private offered = 0;

  constructor(
    private readonly size: number,
    private readonly random: RandomGenerator,
  ) {}

  offer(item: T): void {
    const at = this.offered < this.size ? this.offered : uniformInt(this.random, 0, this.offered);
    if (at < this.size) this.held[at] = item;
    this.offered += 1;
  }

  drawn(): readonly T[] {
    return this.held;
  }
}
