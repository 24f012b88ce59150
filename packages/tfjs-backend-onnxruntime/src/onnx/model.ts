import { PbfWriter } from 'pbf';
import { type Elements, type ElementType, elementTypes } from './element_type';

/** An attribute of a node: a whole number, several, a text, `{ float }`, or the graph that it repeats. */
export type Attribute = number | readonly number[] | string | { readonly float: number } | Graph;
export type Attributes = Readonly<Record<string, Attribute | undefined>>;

export interface ModelNode {
  readonly name: string;
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

export interface TensorSpec {
  readonly name: string;
  readonly type: ElementType;
  /** Any, where there is none. */
  readonly shape?: readonly number[];
}

export interface Initializer extends TensorSpec {
  readonly shape: readonly number[];
  readonly values: Elements;
}

export interface Graph {
  readonly nodes: readonly ModelNode[];
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly initializers: readonly Initializer[];
}

const irVersion = 9;
const opsets = [
  { domain: '', version: 19 },
  { domain: 'com.microsoft', version: 1 },
];

/**
 * Encodes a graph as an ONNX `ModelProto`. Field numbers are those of onnx.proto3.
 *
 * Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
 */
export function encodeModel(graph: Graph): Uint8Array<ArrayBuffer> {
  const model = new PbfWriter();
  model.writeVarintField(1, irVersion);
  model.writeMessage(7, writeGraph, graph);
  for (const opset of opsets) {
    model.writeMessage(
      8,
      (opset, pbf) => {
        pbf.writeStringField(1, opset.domain);
        pbf.writeVarintField(2, opset.version);
      },
      opset,
    );
  }
  return model.finish() as Uint8Array<ArrayBuffer>;
}

function writeGraph(graph: Graph, pbf: PbfWriter): void {
  for (const node of graph.nodes) pbf.writeMessage(1, writeNode, node);
  pbf.writeStringField(2, 'graph');
  for (const initializer of graph.initializers) pbf.writeMessage(5, writeTensor, initializer);
  for (const input of graph.inputs) pbf.writeMessage(11, writeValueInfo, input);
  for (const output of graph.outputs) pbf.writeMessage(12, writeValueInfo, output);
}

function writeNode(node: ModelNode, pbf: PbfWriter): void {
  for (const input of node.inputs) pbf.writeStringField(1, input);
  for (const output of node.outputs) pbf.writeStringField(2, output);
  pbf.writeStringField(3, node.name);
  pbf.writeStringField(4, node.op);
  for (const entry of Object.entries(node.attributes)) pbf.writeMessage(5, writeAttribute, entry);
  if (node.domain) pbf.writeStringField(7, node.domain);
}

function writeAttribute([name, value]: [string, Attribute | undefined], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  const kind = (code: number) => pbf.writeVarintField(20, code);
  if (typeof value === 'number') {
    pbf.writeVarintField(3, value);
    kind(2);
  } else if (typeof value === 'string') {
    pbf.writeStringField(4, value);
    kind(3);
  } else if (value && 'float' in value) {
    pbf.writeFloatField(2, value.float);
    kind(1);
  } else if (value && 'nodes' in value) {
    pbf.writeMessage(6, writeGraph, value);
    kind(5);
  } else {
    for (const item of value ?? []) pbf.writeVarintField(8, item);
    kind(7);
  }
}

function writeTensor({ name, type, shape, values }: Initializer, pbf: PbfWriter): void {
  for (const n of shape) pbf.writeVarintField(1, n);
  pbf.writeVarintField(2, elementTypes[type].code);
  pbf.writeStringField(8, name);
  pbf.writeBytesField(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function writeValueInfo({ name, type, shape }: TensorSpec, pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  pbf.writeMessage(
    2,
    (_, typeProto) => {
      typeProto.writeMessage(
        1,
        (_, tensor) => {
          tensor.writeVarintField(1, elementTypes[type].code);
          if (shape) tensor.writeMessage(2, writeShape, shape);
        },
        undefined,
      );
    },
    undefined,
  );
}

function writeShape(shape: readonly number[], pbf: PbfWriter): void {
  for (const n of shape) {
    pbf.writeMessage(
      1,
      (n, dimension) => {
        dimension.writeVarintField(1, n);
      },
      n,
    );
  }
}
