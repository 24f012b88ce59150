import type { Adapter, DeviceReport } from '@halokit/tfjs-backend-onnxruntime';
import { describe, expect, test } from 'vitest';
import { InputError } from '../input_error';
import { bestDevice, deviceOfEnvironment } from './device';

const reports = (webgpu: Omit<DeviceReport, 'device'>): readonly DeviceReport[] => [
  { device: 'cpu', available: true },
  { device: 'webgpu', ...webgpu },
  { device: 'cuda', available: true },
];
const adapter = (name: string, kind: Adapter['kind']): Adapter => ({ name, kind });

describe('a graphics processor in hardware computes, and nothing else but the processor', () => {
  const cases: [string, ReturnType<typeof reports> | { reason: string }, object][] = [
    [
      'one of its own memory',
      reports({ available: true, adapter: adapter('Radeon', 'discrete') }),
      { device: 'webgpu' },
    ],
    [
      'one of the computer’s',
      reports({ available: true, adapter: adapter('Iris', 'integrated') }),
      { device: 'webgpu' },
    ],
    [
      'one in software',
      reports({ available: true, adapter: adapter('llvmpipe', 'software') }),
      { device: 'cpu', reason: 'llvmpipe is a graphics processor in software' },
    ],
    [
      'one that no driver describes',
      reports({ available: true }),
      { device: 'cpu', reason: 'no driver says what computes with --device webgpu' },
    ],
    [
      'one that does not start',
      reports({
        available: false,
        reason: 'WebGPU cannot be used: no adapter.',
        adapter: adapter('Radeon', 'discrete'),
      }),
      { device: 'cpu', reason: 'WebGPU cannot be used: no adapter.' },
    ],
    [
      'a driver that takes its process down',
      { reason: 'it took its process down (SIGSEGV)' },
      { device: 'cpu', reason: 'graphics processors could not be looked for: it took its process down (SIGSEGV)' },
    ],
  ];

  test.each(cases)('%s', async (_, found, chosen) => {
    expect(await bestDevice(async () => found, true)).toEqual(chosen);
  });

  test('where there is none, no process looks for one', async () => {
    const look = () => Promise.reject(new Error('It looked.'));
    expect(await bestDevice(look, false)).toEqual({ device: 'cpu', reason: 'there is no graphics processor here' });
  });
});

test('the environment may say what auto means, and is held to the names', () => {
  expect(deviceOfEnvironment({ ARCHANGEL_DEVICE: 'webgpu' })).toEqual({
    ...{ device: 'webgpu', reason: 'as ARCHANGEL_DEVICE has it' },
  });
  for (const nothing of [undefined, '', 'auto']) {
    expect(deviceOfEnvironment({ ARCHANGEL_DEVICE: nothing })).toBeUndefined();
  }
  expect(() => deviceOfEnvironment({ ARCHANGEL_DEVICE: 'gpu' })).toThrow(InputError);
  expect(() => deviceOfEnvironment({ ARCHANGEL_DEVICE: 'gpu' })).toThrow('one of auto, cpu, webgpu, cuda');
});
