import { describe, expect, test } from 'vitest';
import { missingDriver, softwareVulkan } from '../../../packages/tfjs-backend-onnxruntime/test/software_vulkan';
import { findPython } from '../train_step/find_python';
import { gpu } from './bench';
import type { Results } from './report';

softwareVulkan('lavapipe');

describe.skipIf(missingDriver('lavapipe') !== undefined)(
  'on a graphics processor in software (skipped where Mesa’s lavapipe is not installed)',
  () => {
    const options = { backend: 'onnxruntime', shapes: ['tiny'], torchDevice: 'cpu', rounds: 1, steps: 1 };

    test('it is refused', async () => {
      await expect(gpu(options)).rejects.toThrow('--allow-software');
    });

    test('all runs, beside PyTorch where a Python imports torch, and computes the same', async () => {
      const { text, json, file } = await gpu({ ...options, allowSoftware: true });
      const { shapes, rates, torch } = json as Results;
      expect(file).toMatch(/^gpu-llvmpipe/);
      expect(text).toContain('a processor in software, which says nothing about any GPU');
      const entries = shapes[0]?.entries ?? [];
      const own = ['halokit, float32', 'halokit, float16'];
      const peers = ['PyTorch, float32', 'PyTorch, bfloat16'];
      expect('missing' in torch).toBe(findPython() === undefined);
      expect(entries.map(({ name }) => name)).toEqual('missing' in torch ? own : [...own, ...peers]);
      for (const { name, runs, missing } of entries) {
        expect(missing, name).toBeUndefined();
        expect(runs[0]?.first[0]?.loss, name).toBeCloseTo(0.5, 2);
        expect(runs[0]?.again, name).toHaveLength(1);
      }
      expect(entries[0]?.runs[0]?.end.engine?.leftToCpu).toBe(0);
      for (const { name, flopsPerSecond = [] } of rates[0]?.rates ?? []) {
        expect(flopsPerSecond, name).toHaveLength(10);
        expect(Math.min(...flopsPerSecond), name).toBeGreaterThan(0);
      }
    });
  },
);
