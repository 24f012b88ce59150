import '../../../src/index';
import type { TestEnv } from '@tensorflow/tfjs-core/dist/jasmine_util';

/** `isDataSync`: `dataSync` works here, so the specs that need it run too. */
export const testEnv: TestEnv = { name: 'onnxruntime', backendName: 'onnxruntime', isDataSync: true };
