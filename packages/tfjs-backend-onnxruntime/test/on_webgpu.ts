// Test files that load this first run on a graphics processor in software, all that they compute.
import '@tensorflow/tfjs';
import { findBackend } from '@tensorflow/tfjs-core';
import { afterAll, expect } from 'vitest';
import { type OnnxRuntimeBackend, setDevice } from '../src';
import { softwareVulkan } from './software_vulkan';

softwareVulkan('lavapipe');
setDevice('webgpu');

afterAll(() => {
  const engine = findBackend('onnxruntime') as OnnxRuntimeBackend | null;
  expect(engine?.device).toBe('webgpu');
  expect(engine?.leftToCpu).toEqual([]);
});
