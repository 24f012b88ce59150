import { registerTensorflowKernels } from '@halokit/models/tensorflow';
import * as tf from '@tensorflow/tfjs-core';
import { InputError } from '../input_error';
import { NotLoadedError } from './not_loaded';
import { findTensorflow, loadTensorflow, type TensorflowPackage, tensorflowPackages } from './tensorflow_package';

/** TensorFlow, as it runs here. */
export interface Tensorflow {
  readonly package: TensorflowPackage;
  /** Of the C library, such as `2.9.1`. */
  readonly version: string;
  /** Whether there is a GPU in use: the package for GPUs computes on the processor where it finds none. */
  readonly usesGpu: boolean;
}

/** What tfjs-node's backend says of itself, which it does not declare. */
interface NativeBackend {
  readonly isUsingGpuDevice?: boolean;
  readonly binding?: { readonly TF_Version?: string };
}

/**
 * Makes one of TensorFlow's packages compute.
 *
 * @param from the file that asks for the package
 * @throws NotLoadedError that says why it did not load
 */
export async function startTensorflow(name: TensorflowPackage, from: string): Promise<Tensorflow> {
  // Its library tells of its optimisations and of CUDA that it misses; `archangel env` shows the latter.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  loadTensorflow(name, from);
  registerTensorflowKernels();
  if (!(await tf.setBackend('tensorflow'))) throw new NotLoadedError('loaded, but did not start', '');
  const { isUsingGpuDevice = false, binding } = tf.backend() as NativeBackend;
  return { package: name, version: binding?.TF_Version ?? 'of unknown version', usesGpu: isUsingGpuDevice };
}

/**
 * Makes the first of TensorFlow's packages compute that loads. Says in words which it is and what it computes on, and why not another.
 *
 * @throws InputError that says of each what is missing, and how to get it
 */
export async function startAnyTensorflow(from: string): Promise<{ notice: string; reason?: string }> {
  const failures: NotLoadedError[] = [];
  const said = (word: 'reason' | 'message') => failures.map((error, i) => `${tensorflowPackages[i]} ${error[word]}`);
  for (const name of tensorflowPackages) {
    try {
      const notice = tensorflowWords(await startTensorflow(name, from));
      return failures.length === 0 ? { notice } : { notice, reason: said('reason').join('; ') };
    } catch (error) {
      if (!(error instanceof NotLoadedError)) throw error;
      failures.push(error);
    }
  }
  throw new InputError(
    `The tensorflow backend did not load: ${said('message').join('; ')}. For a GPU, TensorFlow wants CUDA 11.2 and cuDNN 8.1. ` +
      '--backend onnxruntime needs nothing.',
  );
}

/**
 * Makes TensorFlow compute where it has a GPU to do it on. Where it is installed and has none, it is put away again, in words
 * that say so: on the processor, ONNX Runtime is faster.
 */
export async function startTensorflowGpu(from: string): Promise<{ notice?: string; passedOver?: string }> {
  const [name] = tensorflowPackages;
  try {
    findTensorflow(name, from);
  } catch (error) {
    if (error instanceof NotLoadedError) return {};
    throw error;
  }
  try {
    const started = await startTensorflow(name, from);
    if (started.usesGpu) return { notice: tensorflowWords(started) };
    tf.removeBackend('tensorflow');
    return { passedOver: `${name} is here, but ${noGpu}` };
  } catch (error) {
    if (error instanceof NotLoadedError) return { passedOver: `${name} ${error.reason}` };
    throw error;
  }
}

const noGpu = 'found no GPU, or not CUDA 11.2 and cuDNN 8.1';

/** `TensorFlow 2.9.1 on the GPU (@tensorflow/tfjs-node-gpu)`. */
export function tensorflowWords({ package: name, version, usesGpu }: Tensorflow): string {
  if (usesGpu) return `TensorFlow ${version} on the GPU (${name})`;
  const missed = name === '@tensorflow/tfjs-node-gpu' ? `, which ${noGpu}` : '';
  return `TensorFlow ${version} on the processor (${name}${missed})`;
}
