import { expect, test } from 'vitest';
import { runProgram } from '../../test/child';

// Each in a process of its own: drivers are looked for once, and say on their own what they do not find.
test.each([
  ['webgpu', 'UnavailableError', /^No graphics processor was found that WebGPU can use: it needs a driver for Vulkan/],
  ['cuda', 'UnavailableError', /^CUDA cannot be used: .*It needs an NVIDIA GPU with CUDA 12/],
  ['tpu', 'RangeError', /^There is no device tpu: take one of cpu, webgpu, cuda\.$/],
])('%s, where there is none, is refused, and the processor can be taken then', async (device, name, message) => {
  process.env.HALOKIT_TEST_DEVICE = device;
  expect(await runProgram('refused_device')).toEqual({
    name,
    message: expect.stringMatching(message),
    cpu: [3, 5],
    inUse: 'Set the device before tf.setBackend, or after tf.removeBackend("onnxruntime").',
  });
});
