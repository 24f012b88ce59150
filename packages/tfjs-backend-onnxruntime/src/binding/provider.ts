import { api, check, made } from './api';
import { withSettings } from './c_strings';
import type { Device } from './device';
import { Handle } from './handle';
import { UnavailableError } from './library';

/** Has sessions of these options compute on a device. @param onCpu nodes that it must not compute @throws Error */
export function appendProvider(sessionOptions: bigint, { name }: Device, onCpu: readonly string[]): void {
  if (name === 'webgpu') appendWebGpu(sessionOptions, onCpu);
  else if (name === 'cuda') appendCuda(sessionOptions);
}

function appendWebGpu(sessionOptions: bigint, onCpu: readonly string[]): void {
  // Whole numbers of 64 bits are those of places, which graphs have on every device.
  const settings = { enableInt64: '1', ...(onCpu.length > 0 && { forceCpuNodeNames: onCpu.join('\n') }) };
  withSettings(settings, (...lists) => check(api().appendExecutionProvider(sessionOptions, 'WebGPU', ...lists)));
}

/** Products in float32 and not in TF32, as PyTorch computes them too unless told otherwise; memory by what is asked for. */
const cudaSettings = { use_tf32: 0, arena_extend_strategy: 'kSameAsRequested' };

/** CUDA's provider is a library of its own, which is looked for beside ONNX Runtime's. */
function appendCuda(sessionOptions: bigint): void {
  const options = new Handle(
    'cudaOptions',
    made((out) => api().createCudaProviderOptions(out)),
    api().release.cudaOptions,
  );
  try {
    withSettings(cudaSettings, (...lists) => check(api().updateCudaProviderOptions(options.address, ...lists)));
    check(api().appendCudaProvider(sessionOptions, options.address));
  } finally {
    options.release();
  }
}

/** Why a device cannot be used here, and what can be done. */
export function unavailable({ name }: Device, error: unknown): UnavailableError {
  if (error instanceof UnavailableError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  if (name === 'cuda') {
    return new UnavailableError(
      `CUDA cannot be used: ONNX Runtime did not load its provider (${lastOf(reason)}). It needs an NVIDIA GPU with CUDA 12 and ` +
        'cuDNN 9, and libonnxruntime_providers_shared and libonnxruntime_providers_cuda beside the library of onnxruntime-node, ' +
        'which its own install script fetches on Linux x64 (ONNXRUNTIME_NODE_INSTALL=cuda12).',
    );
  }
  if (/no supported adapters|failed to get a webgpu adapter/i.test(reason)) {
    return new UnavailableError(
      'No graphics processor was found that WebGPU can use: it needs a driver for Vulkan (Linux), Direct3D 12 (Windows) or ' +
        'Metal (macOS). The processor needs nothing.',
    );
  }
  return new UnavailableError(`WebGPU did not start: ${lastOf(reason)}`);
}

/** ONNX Runtime puts source files and conditions before what it says, and lines between. */
function lastOf(reason: string): string {
  const last = reason.replace(/^.* was false\. /s, '').replace(/^\S*\.(cc|h):\d+ \S+ /, '');
  return last.trim().replaceAll(/\s+/g, ' ');
}
