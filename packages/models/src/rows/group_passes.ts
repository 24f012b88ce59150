import { paddedSize } from './padded_size';

/** Rows that go through a model together, because they have a prompt in common. */
export interface RowGroup {
  readonly rows: number;
  /** Tokens of the longest of them. */
  readonly longest: number;
  /** Tokens of all of them behind their prompt, which is then there once. */
  readonly shared: number;
}

export interface PassLimits {
  /** Groups of one pass at most. */
  readonly groups?: number;
  /** Rows of one pass at most; a single group may have more. */
  readonly rows?: number;
  /** Tokens of one pass at most, padding counted; a single group may have more. */
  readonly tokens?: number;
}

/**
 * What one more pass costs, in tokens: it is described, and its gradients are added up. With so many, passes of real feedback
 * (32 rows of HH) come to 9, and a twelfth of their tokens is padding.
 */
const passCost = 64;

/**
 * Cuts groups, sorted by length, into the passes that cost least in all: each has as many tokens as its longest row takes
 * times its rows, padded to one of few sizes, and something for itself.
 *
 * @returns the places of each pass's groups, the shortest first
 */
export function groupPasses(groups: readonly RowGroup[], limits: PassLimits = {}): number[][] {
  const length = (place: number) => (groups[place] as RowGroup).longest;
  const order = [...groups.keys()].sort((a, b) => length(a) - length(b) || a - b);
  // Of the first n groups: what they cost at least, and how many of them are in the last pass then.
  const best = [{ cost: 0, last: 0 }];
  for (let end = 1; end <= order.length; end++) {
    const pass = new Pass();
    let least = { cost: Number.POSITIVE_INFINITY, last: 1 };
    for (let last = 1; last <= end; last++) {
      pass.add(groups[order[end - last] as number] as RowGroup);
      if (last > 1 && pass.exceeds(limits)) break;
      const cost = (best[end - last] as { cost: number }).cost + pass.tokens + passCost;
      if (cost <= least.cost) least = { cost, last };
    }
    best.push(least);
  }
  const passes: number[][] = [];
  for (let end = order.length; end > 0; ) {
    const { last } = best[end] as { last: number };
    passes.unshift(order.slice(end - last, end));
    end -= last;
  }
  return passes;
}

class Pass {
  private groups = 0;
  private rows = 0;
  private longest = 0;
  private longestShared = 0;

  add({ rows, longest, shared }: RowGroup): void {
    this.groups++;
    this.rows += rows;
    this.longest = Math.max(this.longest, longest);
    this.longestShared = Math.max(this.longestShared, shared);
  }

  /** Rows by themselves, or those of a prompt behind it: whatever is less. */
  get tokens(): number {
    return Math.min(this.rows * paddedSize(this.longest), this.groups * paddedSize(this.longestShared));
  }

  exceeds({ groups = Infinity, rows = Infinity, tokens = Infinity }: PassLimits): boolean {
    return this.groups > groups || this.rows > rows || this.tokens > tokens;
  }
}
