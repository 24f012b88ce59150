import type { Judge } from '@halokit/evaluation';
import type { Spending } from '@halokit/evaluation/node';

/** Who judges. */
export interface FoundJudge {
  readonly judge: Judge;
  /** As it is called in files and in words: the model's name, or the file's. */
  readonly name: string;
  /** Host and port, where it is asked over the network. */
  readonly endpoint?: string;
  /** How it is asked, where that is in words. */
  readonly question?: { readonly name: string; readonly sha256: string };
  /** What its answers took until now, where it counts. */
  readonly spending?: () => Spending;
  /** Questions that it has before it at once; what the person asked for, where it does not say. */
  readonly concurrency?: number;
  /** Gives back what it holds. */
  close(): Promise<void>;
}
