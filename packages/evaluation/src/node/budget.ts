import { JudgingStopped } from '../both_orders';

/** What an endpoint takes for a million tokens, in any currency. */
export interface Prices {
  readonly input: number;
  readonly output: number;
}

/** Tokens of a request, or the most that they can be. */
export interface TokenCounts {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** What so many tokens cost. */
export function priceOf({ promptTokens, completionTokens }: TokenCounts, { input, output }: Prices): number {
  return (promptTokens * input + completionTokens * output) / 1e6;
}

/**
 * Money that is not to be exceeded. Before a request the most that it can cost is set aside, and afterwards what it did cost
 * is spent; a request that no longer fits waits for those under way, which seldom cost the most, and ends the judging if
 * it does not fit even then.
 */
export class Budget {
  spent = 0;
  private aside = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly most = Number.POSITIVE_INFINITY) {}

  /** Sets money aside. @throws JudgingStopped where there is not enough */
  async setAside(amount: number): Promise<void> {
    while (this.spent + this.aside + amount > this.most) {
      if (this.aside === 0) {
        throw new JudgingStopped(
          `${money(this.spent)} of ${money(this.most)} is spent, and the next question may cost ${money(amount)}.`,
        );
      }
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    this.aside += amount;
  }

  /** Spends of what was set aside so much, or more, and frees the rest. */
  settle(amount: number, spent: number): void {
    // Else sums and differences of fractions leave crumbs that nobody would ever free.
    this.aside = Math.abs(this.aside - amount) < 1e-12 ? 0 : this.aside - amount;
    this.spent += spent;
    for (const resolve of this.waiting.splice(0)) resolve();
  }
}

/** To four digits behind the point, where there are as many: `0.5`, `0.0123`. */
function money(amount: number): string {
  return String(Number(amount.toFixed(4)));
}
