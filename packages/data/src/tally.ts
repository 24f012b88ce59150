/** What became of the rows, as plain data. A row can be repaired in several ways and still be kept once. */
export interface Counts {
  readonly read: number;
  readonly kept: number;
  /** Rows left out, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Repairs made to rows that were kept, by reason. */
  readonly repaired: Readonly<Record<string, number>>;
}

/** Counts what a loader does with each row, so that nothing is left out in silence. */
export class Tally {
  private read = 0;
  private kept = 0;
  private readonly dropped: Record<string, number> = {};
  private readonly repaired: Record<string, number> = {};

  /** A row was kept, after these repairs. */
  keep(repairs: Iterable<string> = []): void {
    this.read += 1;
    this.kept += 1;
    for (const reason of repairs) this.repaired[reason] = (this.repaired[reason] ?? 0) + 1;
  }

  /** A row was left out. */
  drop(reason: string): void {
    this.read += 1;
    this.dropped[reason] = (this.dropped[reason] ?? 0) + 1;
  }

  /** Adds what another tally counted, of another file say. */
  add({ read, kept, dropped, repaired }: Counts): void {
    this.read += read;
    this.kept += kept;
    for (const [reason, rows] of Object.entries(dropped)) this.dropped[reason] = (this.dropped[reason] ?? 0) + rows;
    for (const [reason, rows] of Object.entries(repaired)) this.repaired[reason] = (this.repaired[reason] ?? 0) + rows;
  }

  counts(): Counts {
    return { read: this.read, kept: this.kept, dropped: { ...this.dropped }, repaired: { ...this.repaired } };
  }
}
