import '@tensorflow/tfjs';
import type { TestEnv } from '@tensorflow/tfjs-core/dist/jasmine_util';

/** TensorFlow.js's reference backend, which passes all its specs: the yardstick of the runner itself. */
export const testEnv: TestEnv = { name: 'cpu', backendName: 'cpu', isDataSync: true };
