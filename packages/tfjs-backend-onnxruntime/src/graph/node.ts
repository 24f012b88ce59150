import type { ElementType } from '../onnx/element_type';
import type { Attributes } from '../onnx/model';
import { Value } from './value';

export interface Output {
  readonly type: ElementType;
  readonly shape: readonly number[];
}

export interface NodeOptions {
  readonly attributes?: Attributes;
  readonly domain?: 'com.microsoft';
  /** It may fail while it runs, because of what its inputs hold: an index out of range. */
  readonly fallible?: boolean;
  /** Cheaper to compute again than to keep: an array of one number over and over. */
  readonly cheap?: boolean;
}

let nextId = 0;
let kernelNow = 'no kernel';

/** One ONNX operator that has been recorded. Ids rise, so their order is one in which everything can run. */
export class Node {
  readonly id = nextId++;
  readonly outputs: readonly Value[];
  readonly kernel = kernelNow;
  /** Where it was called, for nodes that may fail while they run. */
  readonly calledAt?: string;
  /** What it does, apart from its inputs. */
  readonly key: string;
  /** Its inputs count it among their readers. */
  counted = false;

  constructor(
    readonly op: string,
    readonly inputs: readonly Value[],
    outputs: readonly Output[],
    readonly options: NodeOptions,
  ) {
    this.outputs = outputs.map(({ type, shape }) => {
      const value = new Value(type, shape);
      value.node = this;
      return value;
    });
    this.key = options.attributes ? op + JSON.stringify(options.attributes) : op;
    if (options.fallible) this.calledAt = callerOfTensorFlow();
    this.count();
  }

  /** Makes its inputs count it as a reader, and what makes them again if it has run and left nothing. */
  count(): void {
    if (this.counted) return;
    this.counted = true;
    for (const input of this.inputs) {
      input.readers++;
      if (!input.ready) input.node?.count();
    }
  }

  /** It has run: its inputs need not wait for it any more, unless somebody will need it to run again. */
  discount(): void {
    const needed = this.outputs.some(({ ready, readers, holders }) => !ready && readers + holders > 0);
    if (needed || !this.counted) return;
    this.counted = false;
    for (const input of this.inputs) input.readers--;
  }
}

/** Records under the name of a kernel of TensorFlow.js, which errors will mention. */
export function recordingFor<T>(kernel: string, record: () => T): T {
  const before = kernelNow;
  kernelNow = kernel;
  try {
    return record();
  } finally {
    kernelNow = before;
  }
}

/** The line that called TensorFlow.js: the first in the stack behind its own. */
function callerOfTensorFlow(): string | undefined {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 60;
  const lines = new Error().stack?.split('\n') ?? [];
  Error.stackTraceLimit = before;
  const isTensorFlow = (line: string) => /@tensorflow[\\/]|tfjs-core/.test(line);
  const inside = lines.findIndex(isTensorFlow);
  const caller = lines.slice(inside).find((line) => !isTensorFlow(line));
  return caller?.trim().replace(/^at /, '');
}
