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
  /** Left to the processor on every device: kernels of devices for it are wrong or not finished. */
  readonly onCpu?: boolean;
  /** Cheaper to compute again than to keep: an array of one number over and over, float32 of float16. */
  readonly cheap?: boolean;
  /** What it repeats. Its inputs are those of the body, and behind them what the body reads from outside. */
  readonly body?: Body;
  /** Outputs that are written place by place after the same place of an input was read: output to input. */
  readonly overwrites?: ReadonlyMap<number, number>;
}

/** A graph inside of a node. */
export interface Body {
  readonly inputs: readonly Value[];
  readonly nodes: readonly Node[];
  readonly outputs: readonly Value[];
}

let nextId = 0;
let kernelNow = 'no kernel';
let bodyNow: Node[] | undefined;

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
    if (options.body) this.key += bodyKey(options.body);
    if (options.fallible) this.calledAt = callerOfTensorFlow();
    // The node that a body belongs to counts as the reader of all that the body reads.
    if (bodyNow) bodyNow.push(this);
    // What costs nothing may be read by nobody, so it counts when it has a reader itself.
    else if (op !== 'Reshape' && op !== 'View' && !options.cheap) this.count();
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

  /**
   * It has run, or nobody wants what it makes: its inputs need not wait for it any more, unless somebody will need it to run.
   *
   * @returns whether they have waited for it until now
   */
  discount(): boolean {
    const needed = this.outputs.some(
      ({ ready, readers, holders, scheduled }) => !ready && (scheduled || readers + holders > 0),
    );
    if (needed || !this.counted) return false;
    this.counted = false;
    for (const input of this.inputs) input.readers--;
    return true;
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

/** Records the nodes of a body, which belong to no graph but that of the node they are given to. */
export function recordingBody<T>(record: () => T): { nodes: readonly Node[]; result: T } {
  if (bodyNow) throw new Error('A body within a body is not supported.');
  const nodes: Node[] = [];
  bodyNow = nodes;
  try {
    return { result: record(), nodes };
  } finally {
    bodyNow = undefined;
  }
}

/** A body is being recorded, so nothing recorded now may be remembered outside of it. */
export function insideBody(): boolean {
  return bodyNow !== undefined;
}

const bodyKeys = new WeakMap<Body, string>();

/** What a body computes, whatever it is called with. Found out once. */
function bodyKey(body: Body): string {
  const key = bodyKeys.get(body) ?? keyOf(body);
  bodyKeys.set(body, key);
  return key;
}

function keyOf({ inputs, nodes, outputs }: Body): string {
  const names = new Map<Value, string>(inputs.map((input, i) => [input, `b${i}`]));
  let outside = 0;
  const nameOf = (value: Value): string => {
    const name = value.constantKey ?? names.get(value) ?? `x${outside++}`;
    names.set(value, name);
    return name;
  };
  const steps = nodes.map((node, n) => {
    node.outputs.forEach((output, i) => {
      names.set(output, `${n}.${i}`);
    });
    return `${node.key}(${node.inputs.map(nameOf)})`;
  });
  return `{${steps.join(';')}>${outputs.map(nameOf)}}`;
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
