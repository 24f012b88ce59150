import { expect, test } from 'vitest';
import { DeviceLostError, lostDevice } from './device_failure';
import { FailedError, failed } from './failure';
import { Node } from './node';

const small = new Node('Add', [], [{ type: 'float32', shape: [2] }], {});
const large = new Node('Mul', [], [{ type: 'float32', shape: [1000, 1000] }], {});
const chunk = { nodes: [small, large], inputs: [], outputs: [] };

test.each(['WebGPU device lost (2): VK_ERROR_DEVICE_LOST', 'The device is lost.', '[Invalid Device] is invalid'])(
  'a device that is lost is said to be: %s',
  (message) => {
    expect(failed(new Error(message), chunk)).toBeInstanceOf(DeviceLostError);
    expect(lostDevice(message)?.message).toContain('training goes on from its last checkpoint');
  },
);

test('memory that is missing is put down to the node that makes the most', () => {
  const error = failed(new Error('WebGPU validation failed. [Invalid Buffer (unlabeled)] is invalid.'), chunk);
  expect(error).toBeInstanceOf(FailedError);
  expect((error as FailedError).node).toBe(large);
  expect(error.message).toContain('makes float32[1000,1000], 4 MB');
});

test('or to the node that ONNX Runtime names', () => {
  const message =
    "Non-zero status code returned while running Add node. Name:'n0_token_3' Status Message: Out of memory";
  expect((failed(new Error(message), chunk) as FailedError).node).toBe(small);
});

test('other errors are none of these', () => {
  expect(lostDevice('indices element out of data bounds')).toBeUndefined();
  expect((failed(new Error('anything'), chunk) as FailedError).message).toBe('ONNX Runtime: anything');
});
