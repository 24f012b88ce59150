import type { Binary, Feedback, Preference } from '@halokit/data';

export interface Sides {
  readonly train: number;
  readonly heldOut: number;
}

/** How many examples of a set and class are on each side. */
export interface SetCounts extends Sides {
  readonly set: string;
  readonly class: 'pairs' | 'desirable' | 'undesirable';
}

const classes = ['pairs', 'desirable', 'undesirable'];

/** Counts examples by set and class. */
export class SetCounter {
  private readonly found = new Map<string, Omit<SetCounts, keyof Sides> & { train: number; heldOut: number }>();

  constructor(private readonly setOf: (example: { readonly source: string }) => string) {}

  add(side: keyof Sides, example: Preference | Binary): void {
    const set = this.setOf(example);
    const of = 'chosen' in example ? 'pairs' : example.desirable ? 'desirable' : 'undesirable';
    const key = `${of} ${set}`;
    const at = this.found.get(key) ?? { set, class: of, train: 0, heldOut: 0 };
    at[side] += 1;
    this.found.set(key, at);
  }

  /** Sets in the order in which they were met. */
  counts(): readonly SetCounts[] {
    const all = [...this.found.values()];
    const sets = [...new Set(all.map(({ set }) => set))];
    const order = (row: SetCounts) => sets.indexOf(row.set) * classes.length + classes.indexOf(row.class);
    return all.sort((a, b) => order(a) - order(b));
  }
}

/** The same of feedback that is divided already. */
export function countSets(
  sides: Readonly<Record<keyof Sides, Feedback>>,
  setOf: (example: { readonly source: string }) => string,
): readonly SetCounts[] {
  const counter = new SetCounter(setOf);
  for (const side of ['train', 'heldOut'] as const) {
    for (const example of sides[side].examples) counter.add(side, example);
  }
  return counter.counts();
}
