import { findBackend, registerBackend, registerKernel } from '@tensorflow/tfjs-core';
import { OnnxRuntimeBackend } from './backend';
import { api } from './binding/api';
import { kernels } from './kernels';
import { fusedKernels } from './kernels/fused';
import { backendName } from './kernels/kernel';
import type { Statistics } from './statistics';

// A priority below that of every other backend: it is used where somebody asks for it by name.
registerBackend(backendName, () => new OnnxRuntimeBackend(), 0);
for (const kernel of [...kernels, ...fusedKernels]) registerKernel(kernel);

/** What the engine has done since its backend started, or nothing before that. */
export function engineStatistics(): Statistics | undefined {
  return (findBackend(backendName) as OnnxRuntimeBackend | null)?.statistics;
}

/**
 * The version of ONNX Runtime, as the library says itself.
 *
 * @throws UnavailableError that says why it cannot be used here
 */
export function onnxRuntimeVersion(): string {
  return api().version;
}

export { OnnxRuntimeBackend } from './backend';
export type { ArenaStatistics } from './binding/arena_statistics';
export { type Arithmetic, arithmetics, type DeviceName, deviceNames } from './binding/device';
export { type DeviceOptions, setDevice, setThreads } from './binding/environment';
export { livingHandles } from './binding/handle';
export { UnavailableError } from './binding/library';
export type { Adapter } from './devices/adapter';
export { graphicsAdapter } from './devices/adapters';
export { type DeviceReport, deviceReports } from './devices/device_reports';
export { DeviceLostError } from './graph/device_failure';
export { CancelledError, FailedError } from './graph/failure';
export type { LeftOperator } from './graph/left_to_cpu';
export type { OperatorTime } from './graph/profiler';
export type { Statistics } from './statistics';
