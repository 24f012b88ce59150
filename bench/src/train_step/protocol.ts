import type { OperatorTime, Statistics } from '@halokit/tfjs-backend-onnxruntime';
import type { Shape } from './shape';

/** What both programs are given, as JSON in their only argument. */
export interface Job {
  readonly shape: Shape;
  readonly steps: number;
  /** For the peer; our backends take every core they can use by themselves. */
  readonly threads: number;
  readonly backend: string;
  /** Further steps that our program does under the profiler of the onnxruntime backend. */
  readonly profileSteps?: number;
}

export interface Step {
  readonly seconds: number;
  readonly loss: number;
  /** Seconds inside TensorFlow.js calls, until the loss was asked for. Where kernels compute at once, that is most. */
  readonly recordSeconds?: number;
}

/** The last line of both programs. */
export interface End {
  /** Before any profile. */
  readonly peakBytes: number;
  /** Processor time of the whole run, of all threads together. */
  readonly cpuSeconds: number;
  readonly versions?: Readonly<Record<string, string | null>>;
  /** What the onnxruntime backend counted, from its start on. */
  readonly engine?: Statistics;
  /** Where a step's time goes, the longest first: runs and milliseconds are those of one step. */
  readonly profile?: readonly OperatorTime[];
}

/** What both programs print, one JSON line each. */
export type Message = ({ readonly kind: 'step'; readonly step: number } & Step) | ({ readonly kind: 'end' } & End);
