export const deviceNames = ['cpu', 'webgpu', 'cuda'] as const;

export const arithmetics = ['float32', 'float16'] as const;

/** What matrices are multiplied in. All else is float32 with either. */
export type Arithmetic = (typeof arithmetics)[number];

/** Where graphs are computed and numbers lie. */
export type DeviceName = (typeof deviceNames)[number];

/** An execution provider of ONNX Runtime, and what sets it apart. */
export interface Device {
  readonly name: DeviceName;
  /** What its memory is called, where that is not the computer's own. */
  readonly memory?: string;
  /** Operators that it has no kernel for: a graph with one of them goes to the CPU and back. */
  readonly lacks: ReadonlySet<string>;
  /** How numbers come and go, where it has memory of its own. */
  readonly copies?: 'by the environment' | 'by a graph';
  /** An index that is out of range fails while the graph runs. */
  readonly checksIndices: boolean;
  /** Sums into rows add one after the other, so that they are the same in every run. */
  readonly addsInOrder: boolean;
}

export const devices: Readonly<Record<DeviceName, Device>> = {
  cpu: { name: 'cpu', lacks: new Set(), checksIndices: true, addsInOrder: true },
  webgpu: {
    name: 'webgpu',
    memory: 'WebGPU_Buffer',
    copies: 'by the environment',
    lacks: new Set(['FusedMatMul', 'Or', 'Scan', 'SimplifiedLayerNormalization']),
    checksIndices: false,
    addsInOrder: false,
  },
  cuda: {
    name: 'cuda',
    memory: 'Cuda',
    copies: 'by a graph',
    lacks: new Set(['Scan', 'SimplifiedLayerNormalization']),
    checksIndices: false,
    addsInOrder: false,
  },
};
