import { type DeviceName, setDevice } from '@halokit/tfjs-backend-onnxruntime';
import { type ReadStatistics, startBackend } from '../train_step/backend';
import type { Arithmetic } from './protocol';

/** Starts the onnxruntime backend on a device. @throws Error that says why it does not start */
export async function startOn(device: DeviceName, arithmetic: Arithmetic): Promise<ReadStatistics> {
  if (arithmetic === 'bfloat16') throw new Error('ONNX Runtime does not multiply in bfloat16 on a device.');
  setDevice(device, { arithmetic });
  return await startBackend('onnxruntime');
}
