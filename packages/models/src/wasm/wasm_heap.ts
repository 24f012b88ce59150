import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';

/** What our kernels use of the WebAssembly backend and of the module below it. */
export interface WasmHeap {
  /** Registers numbers at `memoryOffset`, or allocates room for them where it is absent. */
  makeOutput(shape: number[], dtype: DataType, memoryOffset?: number): TensorInfo;
  typedArrayFromHeap(tensor: TensorInfo): Float32Array | Int32Array | Uint8Array;
  disposeData(dataId: object): boolean;
  getMemoryOffset(dataId: object): number;
  dataIdNextNumber: number;
  readonly dataIdMap: { get(dataId: object): { id: number } };
  readonly wasm: {
    cwrap(name: string, result: null, parameters: string[]): (...values: unknown[]) => void;
    readonly tfjs: {
      registerTensor(id: number, size: number, memoryOffset: number): void;
      disposeData(id: number): void;
    };
  };
}
