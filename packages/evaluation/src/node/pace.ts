import { setTimeout } from 'node:timers/promises';

/**
 * Spreads work evenly: of a thing of which there may be so many a minute, each `take` waits until those before it have had
 * their time. Evenly, because an endpoint counts over windows that nobody else sees.
 */
export class Pace {
  /** When the next may begin, by the clock that nobody sets. */
  private free = 0;

  /** @param perMinute no limit where absent */
  constructor(private readonly perMinute?: number) {}

  /** Waits for the turn of so many. @throws the signal's reason as soon as it aborts */
  async take(amount: number, signal: AbortSignal): Promise<void> {
    if (this.perMinute === undefined) return;
    const now = performance.now();
    const turn = Math.max(now, this.free);
    this.free = turn + (amount * 60_000) / this.perMinute;
    if (turn > now) await sleep(turn - now, signal);
  }
}

/** Waits so many milliseconds. @throws the signal's reason as soon as it aborts */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  // The longest wait that timers can count.
  const wait = Math.min(milliseconds, 2 ** 31 - 1);
  await setTimeout(wait, undefined, { signal }).catch(() => signal.throwIfAborted());
}
