// Does every kernel agree with TensorFlow.js's reference backend on a graphics processor? On one in software, which is everywhere.
import './index';
import * as tf from '@tensorflow/tfjs';
import { afterAll, describe, expect, test } from 'vitest';
import { gradients } from '../test/conformance/gradients';
import { onDevice } from '../test/conformance/on_device';
import { checkAgreement } from '../test/conformance/property';
import { table } from '../test/conformance/table';
import { missingDriver, softwareVulkan } from '../test/software_vulkan';
import { type OnnxRuntimeBackend, setDevice } from '.';

const missing = missingDriver('lavapipe');
softwareVulkan('lavapipe');
setDevice('webgpu');

const rows = [...table, ...gradients].map((row) => [row.kernel, onDevice(row)] as const);

describe.skipIf(missing)(missing ?? 'kernels and gradients agree with cpu', () => {
  test.each(rows)('%s', (_, row) => checkAgreement(row, { cases: 12, seed: 1 }));

  afterAll(() => {
    expect((tf.findBackend('onnxruntime') as OnnxRuntimeBackend).device).toBe('webgpu');
    expect(tf.memory().numTensors).toBe(0);
  });
});
