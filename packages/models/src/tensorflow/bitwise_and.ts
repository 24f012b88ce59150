import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';

/** What TensorFlow.js's native backend for Node has to call an operation of TensorFlow by its name. */
export interface NativeBackend {
  executeSingleOutput(name: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[]): TensorInfo;
  readonly binding: { readonly TF_ATTR_TYPE: number; readonly TF_INT32: number };
}

interface Attribute {
  readonly name: string;
  readonly type: number;
  readonly value: number;
}

/** The bits that two int32 tensors of one shape share. TensorFlow has the operation, and its backend no kernel that calls it. */
export const bitwiseAnd: KernelConfig = {
  kernelName: 'BitwiseAnd',
  backendName: 'tensorflow',
  kernelFunc({ inputs, backend }) {
    const { executeSingleOutput, binding } = backend as NativeBackend;
    const { a, b } = inputs as unknown as { a: TensorInfo; b: TensorInfo };
    const type = { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_INT32 };
    return executeSingleOutput.call(backend, 'BitwiseAnd', [type], [a, b]);
  },
};
