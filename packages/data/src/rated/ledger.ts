import type { Tally } from '../tally';

/** What becomes of each record when its responses are compared with those of others: kept if any of them is used. */
export class Ledger {
  private readonly used = new Set<number>();
  private readonly reasons = new Map<number, string[]>();

  constructor(private readonly records: number) {}

  use(record: number): void {
    this.used.add(record);
  }

  /** Something of the record was left out, or done to it. */
  leave(record: number, reason: string): void {
    const reasons = this.reasons.get(record) ?? [];
    reasons.push(reason);
    this.reasons.set(record, reasons);
  }

  /** Counts every record once: with what was left out of it, or dropped for the first of its reasons. */
  settle(tally: Tally): void {
    for (let record = 0; record < this.records; record++) {
      const reasons = this.reasons.get(record) ?? [];
      if (this.used.has(record)) tally.keep(reasons);
      else tally.drop(reasons[0] ?? 'no response');
    }
  }
}
