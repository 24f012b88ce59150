import { encodeModel, type Graph, type Initializer, type ModelNode } from '../onnx/model';
import { bindings } from './bindings';
import type { Body, Node } from './node';
import type { Chunk } from './plan';
import { isCall } from './routine';
import type { Value } from './value';
import { isView } from './view';

/**
 * What a chunk computes, apart from the numbers: chunks of the same fingerprint can share a session. Values are named by
 * their place, so that it does not matter when they were recorded.
 */
export function fingerprint({ nodes, inputs, outputs }: Chunk): string {
  const names = new Map<Value, string>();
  const parts: string[] = [];
  inputs.forEach((input, i) => {
    names.set(input, `i${i}`);
    parts.push(`${input.type}[${input.shape}]`);
  });
  nodes.forEach((node, n) => {
    node.outputs.forEach((output, i) => {
      names.set(output, `${n}.${i}`);
    });
    parts.push(`${node.key}(${node.inputs.map((input) => input.constantKey ?? names.get(input))})`);
  });
  // Their shapes too: where a slice begins and ends may be handed to the graph, so that its size does not follow from the rest.
  parts.push(outputs.map((output) => `${names.get(output)}[${output.shape}]`).join());
  return parts.join(';');
}

/** The chunk as an ONNX model. Nodes are named by their place in the chunk, which errors give back. */
export function modelOf(chunk: Chunk): Uint8Array<ArrayBuffer> {
  const { nodes, outputs } = chunk;
  const inputs = bindings(chunk).map(({ value }) => value);
  const names = new Map<Value, string>();
  const initializers = new Map<string, Initializer>();
  inputs.forEach((input, i) => {
    names.set(input, `i${i}`);
  });
  outputs.forEach((output, i) => {
    names.set(output, `o${i}`);
  });
  const nameOf = (value: Value): string => {
    const name = names.get(value);
    if (name !== undefined) return name;
    const { constantKey, host, type, shape } = value;
    if (constantKey === undefined || !host) throw new Error('A graph reads a value that it neither has nor makes.');
    const known = initializers.get(constantKey) ?? { name: `c${initializers.size}`, type, shape, values: host };
    initializers.set(constantKey, known);
    return known.name;
  };
  const spec = (value: Value) => ({ name: nameOf(value), type: value.type, shape: value.shape });
  /** @param place what tells the node from all others: 3, or 3_1 for one within */
  const modelNode = (node: Node, place: string): ModelNode => {
    node.outputs.forEach((output, i) => {
      if (!names.has(output)) names.set(output, `v${place}_${i}`);
    });
    const { domain = '', attributes = {}, body } = node.options;
    const inputs = body ? node.inputs.slice(0, body.inputs.length) : node.inputs;
    return {
      ...{ name: `n${place}`, op: node.op, domain },
      inputs: inputs.map(nameOf),
      outputs: node.outputs.map(nameOf),
      attributes: body ? { ...attributes, body: bodyGraph(body, place) } : attributes,
    };
  };
  const bodyGraph = ({ inputs, nodes, outputs }: Body, place: string): Graph => {
    inputs.forEach((input, i) => {
      names.set(input, `b${place}_${i}`);
    });
    const inside = nodes.map((node, i) => modelNode(node, `${place}_${i}`));
    return { nodes: inside, inputs: inputs.map(spec), outputs: outputs.map(spec), initializers: [] };
  };
  /** A routine's nodes stand where it is called. Its values are named anew in every call. */
  const calledNodes = ({ inputs, outputs, options }: Node, place: string): ModelNode[] => {
    const body = options.body as Body;
    outputs.forEach((output, i) => {
      if (!names.has(output)) names.set(output, `v${place}_${i}`);
    });
    for (const node of body.nodes) for (const output of node.outputs) names.delete(output);
    body.inputs.forEach((input, i) => {
      names.set(input, nameOf(inputs[i] as Value));
    });
    body.outputs.forEach((output, i) => {
      names.set(output, nameOf(outputs[i] as Value));
    });
    return body.nodes.map((node, i) => modelNode(node, `${place}_${i}`));
  };
  const modelNodes = nodes.flatMap((node, n) => {
    if (isView(node)) return [];
    return isCall(node) ? calledNodes(node, String(n)) : [modelNode(node, String(n))];
  });
  return encodeModel({
    nodes: modelNodes,
    inputs: inputs.map(spec),
    outputs: outputs.map(spec),
    initializers: [...initializers.values()],
  });
}
