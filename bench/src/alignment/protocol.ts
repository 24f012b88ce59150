import type { Statistics } from '@halokit/tfjs-backend-onnxruntime';
import type { BatchPlan, Dataset } from '@halokit/trainer';
import type { Shape } from '../train_step/shape';

export type Method = 'kto' | 'dpo';

/** The size of a model; rows and tokens are those of the feedback. */
export type Size = Omit<Shape, 'rows' | 'tokens' | 'microbatchRows'>;

/** What both programs are given, as JSON in their only argument. */
export interface Job {
  readonly method: Method;
  readonly size: Size;
  /** A file that holds a `Feedback`. */
  readonly feedback: string;
  /** Rows that the peer computes at once; ours go by their tokens. */
  readonly microbatchRows: number;
  /** For the peer; our backend takes every core by itself. */
  readonly threads: number;
  readonly learningRate: number;
}

/** What is trained on: for our program examples and plan, for the peer the rows of every step. */
export interface Feedback {
  readonly feedback: Dataset['feedback'];
  readonly examples: readonly Readonly<Record<string, readonly number[] | boolean>>[];
  readonly plan: BatchPlan;
  readonly steps: readonly StepRows[];
}

/** A row: prompt and response. */
export type Row = readonly [prompt: readonly number[], response: readonly number[]];

/** The rows of one step. */
export interface StepRows {
  /** Of preferences all chosen ones first. */
  readonly rows: readonly Row[];
  readonly kl: readonly Row[];
  readonly desirable: readonly boolean[];
}

export interface Step {
  readonly seconds: number;
  readonly loss: number;
  /** Seconds inside the engine, compiling included; of our program. */
  readonly engineSeconds?: number;
}

/** The last line of both programs. */
export interface End {
  readonly peakBytes: number;
  /** Processor time of the whole run, of all threads together. */
  readonly cpuSeconds: number;
  readonly engine?: Statistics;
  readonly versions?: Readonly<Record<string, string | null>>;
}

/** What both programs print, one JSON line each. In `cached` steps the reference's answers were known. */
export type Message = ({ readonly kind: 'step' | 'cached' } & Step) | ({ readonly kind: 'end' } & End);
