import type { Task } from './task';

/** What both programs are given, as JSON in their only argument. */
export interface Job extends Omit<Task, 'name' | 'model'> {
  /** A `config.json`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Names of all weights, and of an adapter's, in the order in which their random numbers are counted. */
  readonly names: readonly string[];
  readonly rank: number;
  readonly alpha: number;
  readonly learningRate: number;
  readonly steps: number;
  /** For the peer; our backend takes every core by itself. */
  readonly threads: number;
}

export interface Step {
  readonly seconds: number;
  readonly loss: number;
}

/** The last line of both programs. */
export interface End {
  /** Seconds for the reference's log-probabilities of all steps, where they were asked for before the first. */
  readonly referenceSeconds: number;
  readonly peakBytes: number;
  /** Processor time of the whole run, of all threads together. */
  readonly cpuSeconds: number;
  readonly versions?: Readonly<Record<string, string | null>>;
}

/** What both programs print, one JSON line each. */
export type Message = ({ readonly kind: 'step' } & Step) | ({ readonly kind: 'end' } & End);
