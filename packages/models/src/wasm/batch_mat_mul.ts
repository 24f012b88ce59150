import { broadcast_util, type KernelConfig, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { WasmHeap } from './wasm_heap';

type RawMatMul = (...values: unknown[]) => void;

let rawMatMul: RawMatMul | undefined;

/**
 * Products of matrices, batched, each side transposed or not.
 *
 * The backend's own kernel computes a plain product at 20 to 30 GFLOPS but one with a transposed side at 0.5 to 2, and
 * any batch at 2. So this one transposes first, and takes a batch matrix by matrix.
 */
export const batchMatMul: KernelConfig = {
  kernelName: 'BatchMatMul',
  backendName: 'wasm',
  setupFunc(backend) {
    const { wasm } = backend as unknown as WasmHeap;
    const number = 'number';
    const parameters = [number, 'array', number, number, 'array', number, number, number, number];
    rawMatMul = wasm.cwrap('BatchMatMul', null, parameters);
  },
  kernelFunc({ inputs, attrs, backend }) {
    const heap = backend as WasmHeap;
    const { a, b } = inputs as unknown as { a: TensorInfo; b: TensorInfo };
    const left = transposed(heap, a, attrs?.transposeA === true);
    const right = transposed(heap, b, attrs?.transposeB === true);
    const outer = broadcast_util.assertAndGetBroadcastShape(left.batch, right.batch);
    util.assert(
      left.columns === right.rows,
      () =>
        `Error in matMul: inner shapes (${left.columns}) and (${right.rows}) of Tensors with shapes ${a.shape} and ${b.shape} must match.`,
    );
    const out = heap.makeOutput([...outer, left.rows, right.columns], 'float32');
    multiply(heap, left, right, heap.getMemoryOffset(out.dataId), util.sizeFromShape(outer));
    for (const side of [left, right]) if (side.own) heap.disposeData(side.own.dataId);
    return out;
  },
};

/** One side of a product: matrices behind each other on the heap. */
interface Side {
  readonly offset: number;
  readonly batch: number[];
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
  /** The copy that was made, to be disposed of. */
  readonly own?: TensorInfo;
}

function transposed(heap: WasmHeap, x: TensorInfo, flip: boolean): Side {
  if (x.dtype !== 'float32') throw new Error(`matMul needs float32 on the wasm backend, but got ${x.dtype}.`);
  const batch = x.shape.slice(0, -2);
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  const count = util.sizeFromShape(batch);
  if (!flip) return { offset: heap.getMemoryOffset(x.dataId), batch, count, rows, columns };
  const own = heap.makeOutput([...batch, columns, rows], 'float32');
  const from = heap.typedArrayFromHeap(x) as Float32Array;
  const to = heap.typedArrayFromHeap(own) as Float32Array;
  for (let i = 0; i < count; i++) transpose(from, to, i * rows * columns, rows, columns);
  return { offset: heap.getMemoryOffset(own.dataId), batch, count, rows: columns, columns: rows, own };
}

/** In blocks, so that both matrices stay in the cache. */
function transpose(from: Float32Array, to: Float32Array, start: number, rows: number, columns: number): void {
  const block = 32;
  for (let r0 = 0; r0 < rows; r0 += block) {
    const r1 = Math.min(r0 + block, rows);
    for (let c0 = 0; c0 < columns; c0 += block) {
      const c1 = Math.min(c0 + block, columns);
      for (let r = r0; r < r1; r++) {
        for (let c = c0; c < c1; c++) to[start + c * rows + r] = from[start + r * columns + c] as number;
      }
    }
  }
}

function multiply(heap: WasmHeap, a: Side, b: Side, out: number, batch: number): void {
  for (const side of [a, b]) {
    if (side.count !== batch && side.count !== 1) {
      throw new Error(`matMul on the wasm backend repeats a single matrix, not a batch of [${side.batch}].`);
    }
  }
  const sizes = [a.rows * a.columns, b.rows * b.columns, a.rows * b.columns] as const;
  if (sizes[2] === 0) return;
  const shapes = [a, b].map(({ rows, columns }) => new Uint8Array(Int32Array.of(1, rows, columns).buffer));
  // The module knows tensors by number, so each matrix gets one for the time of its product.
  const view = (size: number, offset: number) => {
    const id = heap.dataIdNextNumber++;
    heap.wasm.tfjs.registerTensor(id, size, offset);
    return id;
  };
  const at = (side: Side, size: number, i: number) => side.offset + (side.count === 1 ? 0 : 4 * size * i);
  for (let i = 0; i < batch; i++) {
    const left = view(sizes[0], at(a, sizes[0], i));
    const right = view(sizes[1], at(b, sizes[1], i));
    const product = view(sizes[2], out + 4 * sizes[2] * i);
    rawMatMul?.(left, shapes[0], 3, right, shapes[1], 3, 0, 0, product);
    for (const id of [left, right, product]) heap.wasm.tfjs.disposeData(id);
  }
}
