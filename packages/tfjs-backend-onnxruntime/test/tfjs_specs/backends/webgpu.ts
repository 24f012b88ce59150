import type { TestEnv } from '@tensorflow/tfjs-core/dist/jasmine_util';
import { setDevice } from '../../../src/index';

setDevice('webgpu');

/** The backend on a graphics processor: that of the driver which the environment names. */
export const testEnv: TestEnv = { name: 'webgpu', backendName: 'onnxruntime', isDataSync: true };
