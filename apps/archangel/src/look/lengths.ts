/** Lengths in tokens, counted: memory grows with the longest, not with how many there are. */
export class Lengths {
  private readonly counts = new Map<number, number>();
  private total = 0;

  add(length: number): void {
    this.counts.set(length, (this.counts.get(length) ?? 0) + 1);
    this.total += 1;
  }

  get n(): number {
    return this.total;
  }

  /** The shortest length that at least so large a share does not exceed; 0 where there are none. */
  quantile(share: number): number {
    let seen = 0;
    const wanted = share * this.total - 1e-9;
    for (const [length, count] of this.sorted()) {
      seen += count;
      if (seen >= wanted) return length;
    }
    return 0;
  }

  /** How many are longer. */
  above(length: number): number {
    return this.sorted().reduce((sum, [at, count]) => sum + (at > length ? count : 0), 0);
  }

  summary(): LengthSummary {
    const [median, p90, p99, max] = [0.5, 0.9, 0.99, 1].map((share) => this.quantile(share)) as [
      number,
      number,
      number,
      number,
    ];
    return { n: this.total, median, p90, p99, max };
  }

  /** Counts by ranges of so many lengths from 0 on; what is past the last range is counted in it. */
  bins(width: number, count: number): number[] {
    const bins = Array<number>(count).fill(0);
    for (const [length, n] of this.counts) {
      const bin = Math.min(count - 1, Math.floor(length / width));
      bins[bin] = (bins[bin] as number) + n;
    }
    return bins;
  }

  private sorted(): [length: number, count: number][] {
    return [...this.counts].sort(([a], [b]) => a - b);
  }
}

export interface LengthSummary {
  readonly n: number;
  readonly median: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}
