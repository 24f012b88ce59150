import * as tf from '@tensorflow/tfjs-core';
import { attention, masked } from '../src/layers/attention';
import type { Call } from './fused_calls';
import { largest, type Numbers, normals } from './numbers';

export interface AttentionCall {
  readonly seed: number;
  readonly rows: number;
  /** Heads of keys and values, and how many query heads read each. */
  readonly groups: number;
  readonly perGroup: number;
  readonly queries: number;
  /** Keys before the first query: those of a cache. */
  readonly past: number;
  readonly size: number;
  readonly scores: 'ordinary' | 'wide' | 'around -1e5';
  readonly mask: 'none' | 'causal' | 'padded' | 'tree' | 'by head';
}

export function attentionCall(call: AttentionCall): Call {
  const { seed, rows, groups, perGroup, queries, past, size } = call;
  const keys = queries + past;
  const spread = call.scores === 'wide' ? 30 : 1;
  const first = call.scores === 'around -1e5';
  const q = startingWith(first && 300, normals(seed, [rows, groups * perGroup, queries, size], spread));
  const k = startingWith(first && -333 * Math.sqrt(size), normals(seed + 1, [rows, groups, keys, size], spread));
  const v = normals(seed + 2, [rows, groups, keys, size]);
  const run = (t: readonly tf.Tensor[]) =>
    attention(t[0] as tf.Tensor4D, t[1] as tf.Tensor4D, t[2] as tf.Tensor4D, maskOf(call));
  const dz = (largest(v) * size) / Math.sqrt(size);
  const terms = [largest(v), dz * largest(k), dz * largest(q) * perGroup * queries, perGroup * queries];
  return { inputs: [q, k, v], run, terms };
}

/** The same with another number at the start of every row. */
function startingWith(first: number | false, { shape, values }: Numbers): Numbers {
  const size = shape.at(-1) as number;
  return { shape, values: values.map((x, i) => (first !== false && i % size === 0 ? first : x)) };
}

function maskOf({ rows, groups, perGroup, queries, past, mask }: AttentionCall): tf.Tensor4D {
  const keys = queries + past;
  // A beginning of three tokens and continuations of two each.
  const segment = (position: number) => Math.max(0, Math.floor((position - 1) / 2));
  const sees = (row: number, head: number, query: number, key: number) => {
    const earlier = key <= query;
    if (mask === 'none') return true;
    // Padded on the left, so that the first queries see nothing but what is masked.
    if (mask === 'padded') return earlier && key >= row;
    if (mask === 'tree') return earlier && (segment(key) === 0 || segment(key) === segment(query));
    return earlier && (mask === 'causal' || (key + head) % 2 === 0 || key === query);
  };
  const shape = [mask === 'padded' ? rows : 1, mask === 'by head' ? groups * perGroup : 1, queries, keys] as const;
  const buffer = tf.buffer([...shape], 'float32');
  const [r, h] = shape;
  for (let row = 0; row < r; row++)
    for (let head = 0; head < h; head++)
      for (let query = 0; query < queries; query++)
        for (let key = 0; key < keys; key++)
          if (!sees(row, head, query + past, key)) buffer.set(masked, row, head, query, key);
  return buffer.toTensor() as tf.Tensor4D;
}
