import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { apply, constant, reshape } from '../../graph/record';
import { fromNumbers, type Value } from '../../graph/value';
import { kernel, type OneInput } from '../kernel';
import { factor, mixedProducts } from '../mixed_products';
import * as op from '../ops';

interface Inputs {
  readonly q: TensorInfo;
  readonly k: TensorInfo;
  readonly v: TensorInfo;
  readonly mask: TensorInfo;
}

interface GradInputs extends Omit<Inputs, 'mask'> {
  readonly dy: TensorInfo;
  readonly shares: TensorInfo;
}

/** The queries that share a key/value head below each other. */
function perGroup(x: Value, k: Value): Value {
  const [rows, groups] = k.shape as [number, number];
  const [, heads, queries, size] = x.shape as [number, number, number, number];
  return reshape(x, [rows, groups, (heads / groups) * queries, size]);
}

function attention(q: Value, k: Value, v: Value, mask: Value): [Value, Value] {
  const [rows, heads, queries, size] = q.shape as [number, number, number, number];
  const batch = k.shape.slice(0, 2);
  const grouped = mixedProducts(perGroup(q, k), k, batch, { transB: true, alpha: 1 / Math.sqrt(size) });
  const scores = op.add(reshape(grouped, [rows, heads, queries, k.shape[2] as number]), mask);
  const shares = factor(apply('Softmax', [scores], scores, { attributes: { axis: -1 } }));
  return [reshape(mixedProducts(perGroup(shares, k), v, batch), q.shape), shares];
}

function gradient(dy: Value, q: Value, k: Value, v: Value, shares: Value): [Value, Value, Value] {
  const alpha = 1 / Math.sqrt(q.shape[3] as number);
  const batch = k.shape.slice(0, 2);
  const [s, dyOfGroup] = [perGroup(shares, k), perGroup(dy, k)];
  const weighted = op.mul(s, mixedProducts(dyOfGroup, v, batch, { transB: true }));
  const dz = op.sub(weighted, op.mul(s, op.reduce('ReduceSum', weighted, [3], true)));
  return [
    reshape(mixedProducts(dz, k, batch, { alpha }), q.shape),
    mixedProducts(dz, perGroup(q, k), batch, { transA: true, alpha }),
    mixedProducts(s, dyOfGroup, batch, { transA: true }),
  ];
}

/** Numbers that fit into a graph's text; more are handed to it. */
const short = 256;

/** Where each token stands in the table; a single number instead means that all rows go through it from there. */
function inOrder(shape: readonly [number, number]): Value {
  const count = shape[0] * shape[1];
  const numbers = BigInt64Array.from({ length: count }, (_, i) => BigInt(i));
  return count <= short ? constant(numbers, 'int64', shape) : fromNumbers(numbers, 'int64', shape);
}

/** @param cos [rows or 1, positions, rotated / 2], as is sin */
function rotary(x: Value, cos: Value, sin: Value): Value {
  const [rows, positions, half] = cos.shape as [number, number, number];
  const table = (angles: Value) => reshape(angles, [rows * positions, half]);
  const places = rows === 1 ? constant(BigInt64Array.of(0n), 'int64', [1]) : inOrder([rows, positions]);
  const attributes = { num_heads: x.shape[1] as number, rotary_embedding_dim: 2 * half };
  return apply('RotaryEmbedding', [x, places, table(cos), table(sin)], x, { attributes, domain: 'com.microsoft' });
}

export const attentionKernels: readonly KernelConfig[] = [
  kernel<Inputs>('HalokitAttention', ({ inputs: { q, k, v, mask }, engine }) =>
    attention(engine.value(q), engine.value(k), engine.value(v), engine.value(mask)).map((value) =>
      engine.tensor(value),
    ),
  ),
  kernel<GradInputs>('HalokitAttentionGrad', ({ inputs: { dy, q, k, v, shares }, engine }) =>
    gradient(engine.value(dy), engine.value(q), engine.value(k), engine.value(v), engine.value(shares)).map((value) =>
      engine.tensor(value),
    ),
  ),
  kernel<OneInput & { readonly cos: TensorInfo; readonly sin: TensorInfo }>(
    'HalokitRotary',
    ({ inputs: { x, cos, sin }, engine }) =>
      engine.tensor(rotary(engine.value(x), engine.value(cos), engine.value(sin))),
  ),
];
