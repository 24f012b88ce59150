import type { Statistics } from '@halokit/tfjs-backend-onnxruntime';
import type { Shape } from '../train_step/shape';

/** What both programs are given, as JSON in their only argument. */
export interface Job {
  /** `rows` prompts of `tokens` tokens. */
  readonly shape: Shape;
  /** Tokens that each prompt is continued by. */
  readonly newTokens: number;
  /** Generations, each from the prompts alone. */
  readonly runs: number;
  /** For the peer; our backends take every core they can use by themselves. */
  readonly threads: number;
  readonly backend: string;
}

/** One generation of the whole batch. */
export interface Generation {
  readonly seconds: number;
  /** The new tokens of each prompt. */
  readonly ids: readonly (readonly number[])[];
}

/** The last line of both programs. */
export interface End {
  readonly peakBytes: number;
  /** Processor time of the whole run, of all threads together. */
  readonly cpuSeconds: number;
  readonly versions?: Readonly<Record<string, string | null>>;
  /** What reading every weight takes that a new token needs, in seconds: our program's alone. */
  readonly floorSeconds?: number;
  /** What the onnxruntime backend counted, from its start on. */
  readonly engine?: Statistics;
}

/** What both programs print, one JSON line each. */
export type Message = ({ readonly kind: 'run' } & Generation) | ({ readonly kind: 'end' } & End);
