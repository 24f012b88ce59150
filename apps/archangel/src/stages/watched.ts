import { explain, isOfSystem } from '../terminal/errors';
import { sayBeside } from '../terminal/progress';
import type { StageObserver } from './observers';

/** A stage's observers. One that can no longer write, on a full disk say, is left out with a word: the run goes on. */
export class Watched {
  private readonly observers: Set<StageObserver>;

  constructor(observers: readonly StageObserver[]) {
    this.observers = new Set(observers);
  }

  async all(tell: (observer: StageObserver) => void | Promise<void>): Promise<void> {
    for (const observer of this.observers) {
      try {
        await tell(observer);
      } catch (error) {
        if (!isOfSystem(error)) throw error;
        this.observers.delete(observer);
        sayBeside(`  ${explain(error)} What would be written there is missing from now on; the run goes on.`);
      }
    }
  }
}
