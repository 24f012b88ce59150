import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import type { WasmHeap } from './wasm_heap';

/**
 * Sums rows that share a segment: out[s] = sum over i with ids[i] = s of x[i]. The gradient of every embedding lookup,
 * which the WebAssembly backend lacks. Ids outside [0, segments) are left out, as TensorFlow does.
 */
export const unsortedSegmentSum: KernelConfig = {
  kernelName: 'UnsortedSegmentSum',
  backendName: 'wasm',
  kernelFunc({ inputs, attrs, backend }) {
    const heap = backend as WasmHeap;
    const { x, segmentIds } = inputs as unknown as { x: TensorInfo; segmentIds: TensorInfo };
    const segments = attrs?.numSegments as number;
    const rest = x.shape.slice(segmentIds.shape.length);
    const width = rest.reduce((size, n) => size * n, 1);
    const out = heap.makeOutput([segments, ...rest], x.dtype);
    // Views are taken after the allocation, which may move the heap.
    const values = heap.typedArrayFromHeap(x);
    const ids = heap.typedArrayFromHeap(segmentIds);
    const sums = heap.typedArrayFromHeap(out);
    sums.fill(0);
    for (let i = 0; i < ids.length; i++) {
      const segment = ids[i] as number;
      if (segment < 0 || segment >= segments) continue;
      const from = i * width;
      const to = segment * width;
      for (let j = 0; j < width; j++) sums[to + j] = (sums[to + j] as number) + (values[from + j] as number);
    }
    return out;
  },
};
