/** Adds up the time of what is done between other things. */
export class Stopwatch {
  private milliseconds = 0;

  get seconds(): number {
    return this.milliseconds / 1000;
  }

  async time<T>(work: () => Promise<T>): Promise<T> {
    const started = performance.now();
    try {
      return await work();
    } finally {
      this.milliseconds += performance.now() - started;
    }
  }
}
