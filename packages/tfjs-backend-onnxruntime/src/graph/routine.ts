import { captured } from './captured';
import { type Body, Node, type Output, recordingBody } from './node';
import { apply } from './record';
import { Value } from './value';
import { isView } from './view';

const op = 'Call';

/** A part of a graph that is recorded once and computed again and again, with other arguments. */
export interface Routine {
  readonly body: Body;
  /** What it reads beside its arguments, the same in every call. */
  readonly captured: readonly Value[];
  /** Outputs that write over an argument, place by place. */
  readonly overwrites: ReadonlyMap<number, number>;
}

/** Records what is computed from arguments like these. @param compute is called once, here */
export function recordRoutine(
  like: readonly Output[],
  compute: (inputs: readonly Value[]) => readonly Value[],
): Routine {
  const inputs = like.map(({ type, shape }) => {
    const input = new Value(type, shape);
    input.argument = true;
    return input;
  });
  const { nodes: recorded, result: outputs } = recordingBody(() => distinct(compute(inputs)));
  // A graph is handed the memory behind a view, so views stand before it.
  const nodes = recorded.filter((node) => !isView(node));
  const body = { inputs, nodes, outputs };
  return { body, captured: captured(body), overwrites: overwritesOf(body) };
}

/** One call: a single node, however much it computes. @throws Error for an argument that the routine was not recorded for */
export function call({ body, captured, overwrites }: Routine, inputs: readonly Value[]): readonly Value[] {
  const fallible = body.nodes.some(({ options }) => options.fallible);
  const node = new Node(op, [...inputs, ...captured], body.outputs, { body, overwrites, fallible });
  node.outputs.forEach((output, i) => {
    output.bound = body.outputs[i]?.bound;
  });
  return node.outputs;
}

export function isCall(node: Node): boolean {
  return node.op === op;
}

/** Every output has a value of its own, made by a node. */
function distinct(outputs: readonly Value[]): Value[] {
  const seen = new Set<Value>();
  return outputs.map((output) => {
    const own = output.node !== undefined && !output.ready && !isView(output.node) && !seen.has(output);
    seen.add(output);
    return own ? output : apply('Identity', [output], output);
  });
}

/** Outputs whose node writes over an argument that nothing else reads. */
function overwritesOf({ inputs, nodes, outputs }: Body): Map<number, number> {
  const result = new Map<number, number>();
  outputs.forEach((output, i) => {
    const { node } = output;
    const place = node?.options.overwrites?.get(node.outputs.indexOf(output));
    const target = place === undefined ? undefined : node?.inputs[place];
    const argument = target ? inputs.indexOf(target) : -1;
    const readers = nodes.filter(({ inputs }) => target && inputs.includes(target));
    if (argument >= 0 && readers.length === 1) result.set(i, argument);
  });
  return result;
}
