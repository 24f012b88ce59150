/**
 * Sizes of the buffers that ONNX Runtime's WebGPU allocator makes, in bytes, and how many of each it keeps when they are free; what is
 * larger than all is made to measure and given back. Small ones are left out.
 *
 * Source: core/providers/webgpu/buffer_manager.cc of ONNX Runtime, as its repository has it
 */
const buffers: readonly (readonly [bytes: number, kept: number])[] = [
  [1048576, 50],
  [2097152, 30],
  [4194304, 20],
  [8388608, 10],
  [12582912, 10],
  [16777216, 10],
  [26214400, 15],
  [33554432, 22],
  [44236800, 2],
  [58982400, 6],
  [67108864, 6],
  [134217728, 6],
  [167772160, 6],
];

const smallest = 524288;

/** What an array of so many bytes takes of a GPU's memory. */
export function granted(bytes: number): number {
  if (bytes <= smallest) return bytes;
  return buffers.find(([size]) => size >= bytes)?.[0] ?? bytes;
}

/** How many free buffers of this size are kept. */
export function keptFree(bytes: number): number {
  return buffers.find(([size]) => size >= bytes)?.[1] ?? 0;
}
