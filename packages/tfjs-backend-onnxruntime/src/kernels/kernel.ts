import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import type { OnnxRuntimeBackend } from '../backend';
import { recordingFor } from '../graph/node';

export const backendName = 'onnxruntime';

/** A call of a kernel: what TensorFlow.js hands over, and the engine that records. */
export interface KernelCall<Inputs, Attributes> {
  readonly inputs: Inputs;
  readonly attrs: Attributes;
  readonly engine: OnnxRuntimeBackend;
}

export interface OneInput {
  readonly x: TensorInfo;
}

export interface TwoInputs {
  readonly a: TensorInfo;
  readonly b: TensorInfo;
}

/** A kernel of TensorFlow.js for this backend. Whatever it records carries its name. */
export function kernel<Inputs, Attributes = object>(
  kernelName: string,
  run: (call: KernelCall<Inputs, Attributes>) => TensorInfo | TensorInfo[],
): KernelConfig {
  return {
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) =>
      recordingFor(kernelName, () =>
        run({
          inputs: inputs as unknown as Inputs,
          attrs: (attrs ?? {}) as unknown as Attributes,
          engine: backend as OnnxRuntimeBackend,
        }),
      ),
  };
}
