import type { DeviceName, Statistics } from '@halokit/tfjs-backend-onnxruntime';
import type { Job as AlignmentJob, Size } from '../alignment/protocol';

/** What numbers are multiplied in. */
export type Arithmetic = 'float32' | 'float16' | 'bfloat16';

/** What our program is given, as JSON in its only argument. */
export interface OurJob extends Omit<AlignmentJob, 'threads' | 'microbatchRows'> {
  readonly device: DeviceName;
  readonly arithmetic: Arithmetic;
}

/** What `alignment/peer.py` is given. */
export interface PeerJob extends AlignmentJob {
  readonly device: string;
  readonly dtype: Arithmetic;
  /** The steps are done twice, and timed the second time, when all is compiled and warm. */
  readonly passes: 2;
}

export interface Step {
  readonly seconds: number;
  readonly loss: number;
}

/** The last line of both programs. */
export interface End {
  readonly peakBytes: number;
  readonly cpuSeconds: number;
  /** Of PyTorch's tensors on the device, at their most; of ours, between the graphs. */
  readonly deviceBytes?: number;
  readonly engine?: Statistics;
  readonly versions?: Readonly<Record<string, string | null>>;
}

/** What both programs print, one JSON line each: the steps, the same steps `again`, the end. */
export type Message = ({ readonly kind: 'step' | 'again' } & Step) | ({ readonly kind: 'end' } & End);

/** A product of matrices, [batch, m, k] x [batch, k, n]. */
export interface Product {
  readonly name: string;
  readonly batch: number;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  /** How the matrices lie: the first as [k, m], the second as [n, k]. */
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/** What the programs that multiply are given. */
export interface RateJob {
  readonly device: string;
  readonly arithmetic: Arithmetic;
  readonly products: readonly Product[];
  /** How long a product is repeated, in seconds. */
  readonly patience: number;
}

/** What they print: operations a second, product by product. */
export interface Rates {
  readonly flopsPerSecond: readonly number[];
}

export type { Size };
