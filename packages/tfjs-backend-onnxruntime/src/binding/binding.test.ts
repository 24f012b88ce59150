import { expect, test } from 'vitest';
import { freshEngine } from '../../test/engine';
import { api } from './api';
import { environment, setThreads } from './environment';
import { Handle, livingHandles } from './handle';
import { checkVersion, loadLibrary, UnavailableError } from './library';

test('a platform without a library is named, and the way out', () => {
  expect(() => loadLibrary('linux', 'riscv64')).toThrow(UnavailableError);
  expect(() => loadLibrary('darwin', 'x64')).toThrow(
    'no library for darwin on x64: take another backend, wasm for one',
  );
  expect(() => loadLibrary('sunos', 'x64')).toThrow('no library for sunos on x64');
});

test.each(['1.30.0', '1.31.2', '1.100.0'])('version %s will do', (version) => {
  expect(() => checkVersion(version)).not.toThrow();
});

test.each(['1.29.1', '0.9.0', '2.0.0'])('version %s will not', (version) => {
  expect(() => checkVersion(version)).toThrow(`ONNX Runtime ${version} was found, and 1.30 or a later 1.x is needed`);
});

test('a native object is freed once, and not used after', () => {
  const freed: bigint[] = [];
  const handle = new Handle('thing', 5n, (pointer) => freed.push(pointer));
  expect(livingHandles().thing).toBe(1);
  expect(handle.address).toBe(5n);
  handle.release();
  expect(() => handle.release()).toThrow('thing was used after it had been freed');
  expect(() => handle.address).toThrow('thing was used after it had been freed');
  expect(freed).toEqual([5n]);
  expect(livingHandles()).not.toHaveProperty('thing');
});

test('the library says its own version', () => {
  expect(api().version).toMatch(/^1\.\d+\.\d+/);
});

test('threads are set before the backend starts, to a whole number', async () => {
  expect(() => setThreads(0)).toThrow('The number of threads is 0');
  expect(() => setThreads(1.5)).toThrow('The number of threads is 1.5');
  await freshEngine();
  const { threads } = environment();
  expect(() => setThreads(threads)).not.toThrow();
  expect(() => setThreads(threads + 1)).toThrow('before tf.setBackend');
});
