import { sft } from '@halokit/losses';
import { preset } from '@halokit/models';
import { expect, test } from 'vitest';
import { estimateSteps } from './estimate_steps';
import { granted, keptFree } from './gpu_buffers';
import { peakDeviceBytes } from './on_gpu';

const config = preset('pythia-70m');
const row = { rows: 1, tokens: 8, predictions: 4 };
const passes = { reference: [], policy: [], training: [row] };
const matrix = 4 * 50304 * 512;

test('buffers come in few sizes, and above all of them to measure', () => {
  expect([1000, 2 ** 20, 2 ** 20 + 1, matrix].map(granted)).toEqual([1000, 2 ** 20, 2 ** 21, 2 ** 27]);
  expect(granted(4 * 50304 * 1024)).toBe(4 * 50304 * 1024);
  expect([matrix, 4 * 50304 * 1024].map(keptFree)).toEqual([6, 0]);
});

test.each([
  [1, 7],
  [2, 11],
])(
  'an update with %i numbers of state makes %i matrices on its way that a processor makes in blocks',
  (slots, made) => {
    const facts = { config, loss: sft(), slots, copy: false };
    const [cpu, gpu] = [false, true].map((onGpu) => estimateSteps({ ...facts, onGpu }, [passes]).memory);
    expect(gpu?.moment).toBe('the first update');
    expect(gpu?.parts.working).toBe((2 + 2 * slots + made) * matrix);
    expect((gpu?.bytes ?? 0) - (cpu?.bytes ?? 0)).toBe(made * matrix);
  },
);

test('what a device has to give is more than what is in use', () => {
  const { memory } = estimateSteps({ config, loss: sft(), slots: 1, copy: false, onGpu: true }, [passes]);
  const bytes = peakDeviceBytes(config, memory);
  // Both vocabulary matrices take 2^27 bytes each for 103 million: a third more of three quarters of the weights.
  const { weights, optimizer, gradients, working } = memory.parts;
  expect(bytes).toBeGreaterThan(1.2 * (weights + optimizer + gradients) + 1.2 * working);
  expect(bytes).toBeLessThan(1.3 * (weights + optimizer + gradients) + 1.2 * working + 60e6);
});
