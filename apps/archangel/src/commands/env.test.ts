import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { missingLibraries } from '../env/report';
import { runEnv } from './env';

const folder = mkdtempSync(join(tmpdir(), 'env-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A program that plays the app in the processes that it starts: what each probe does there, as statements. */
function program(name: string, probes: Readonly<Record<string, string>>): string[] {
  const file = join(folder, `${name}.cjs`);
  const cases = Object.entries(probes).map(([probe, statement]) => `case '${probe}': ${statement}; break;`);
  writeFileSync(file, `switch (process.argv[4]) { ${cases.join('\n')} }`);
  return [process.execPath, file];
}

const answer = (outcome: object) => `process.send(${JSON.stringify(outcome)}); setTimeout(() => {}, 1e6)`;
const radeon = { name: 'Radeon', kind: 'discrete', memoryBytes: 8e9, float16: true, largestBinding: 2 ** 31 };
const onnxruntime = answer({ found: { version: '1.30.0', notice: 'ONNX Runtime, 2 threads' } });

let said: string[];
beforeEach(() => {
  said = [];
  vi.spyOn(console, 'log').mockImplementation((text: string) => said.push(text));
});
afterEach(() => vi.restoreAllMocks());

test('machine, backends, devices and versions, in aligned lines', async () => {
  const well = program('well', {
    onnxruntime,
    devices: answer({
      found: [
        { device: 'cpu', available: true, adapter: { name: 'EPYC', kind: 'other', memoryBytes: 25e9 } },
        { device: 'webgpu', available: true, adapter: radeon },
        { device: 'cuda', available: false, reason: 'libonnxruntime_providers_cuda.so\n is missing' },
      ],
    }),
    auto: answer({ found: { name: 'onnxruntime', notice: 'ONNX Runtime, 2 threads' } }),
  });
  await runEnv([], well);
  const [text = ''] = said;
  expect(text).toMatch(
    /^ {2}system {5}\w+ \w+, .*\n {2}processor {2}.* cores?\n {2}memory {5}[\d.]+ GB, of which [\d.]+ GB are free$/m,
  );
  expect(text).toMatch(/^ {2}onnxruntime {16}yes: ONNX Runtime, 2 threads$/m);
  expect(text).toMatch(/^ {2}@tensorflow\/tfjs-node-gpu {2}no: it /m);
  expect(text).toMatch(/^ {2}wasm {23}yes: WebAssembly, one core$/m);
  expect(text).toMatch(/^ {2}auto {23}takes onnxruntime: ONNX Runtime, 2 threads$/m);
  expect(text).toMatch(/^ {2}cpu {5}yes: EPYC, 25.0 GB$/m);
  expect(text).toMatch(
    /^ {2}webgpu {2}yes: Radeon \(discrete\), 8.00 GB, float16, arrays of up to 2,147,483,648 bytes$/m,
  );
  expect(text).toMatch(/^ {2}cuda {4}no: libonnxruntime_providers_cuda.so is missing$/m);
  expect(text).toMatch(/^ {2}@halokit\/archangel {17}\d+\.\d+\.\d+$/m);
  expect(text).toMatch(/^ {2}onnxruntime {24}1\.30\.0$/m);
});

test('native code that takes its process down takes nothing else with it; --json is one document', async () => {
  const ill = program('ill', {
    onnxruntime,
    devices: 'process.abort()',
    auto: 'console.error("first\\nvkCreateDevice: lost"); process.exitCode = 3',
  });
  const report = await runEnv(['--json'], ill);
  expect(JSON.parse(said.join('\n'))).toEqual(report);
  expect(report).toMatchObject({
    machine: { node: process.versions.node },
    versions: { onnxruntime: '1.30.0', '@tensorflow/tfjs-core': '4.22.0' },
    devices: { reason: expect.stringMatching(/^it took its process down \(SIGABRT\)/) },
    auto: { reason: 'it took its process down (status 3): vkCreateDevice: lost' },
  });
  expect(report?.backends.map(({ name, available }) => [name, available])).toEqual([
    ['onnxruntime', true],
    ['@tensorflow/tfjs-node-gpu', false],
    ['@tensorflow/tfjs-node', false],
    ['wasm', true],
    ['cpu', true],
  ]);
});

test('a program that is not there is a reason too', async () => {
  const report = await runEnv(['--json'], [join(folder, 'no-such-program')]);
  expect(report?.backends[0]).toMatchObject({
    ...{ name: 'onnxruntime', available: false },
    reason: expect.stringMatching(/^it could not be looked at: .*ENOENT/),
  });
});

test('a probe computes with what it reports, and says so as JSON where nobody listens', async () => {
  const { send } = process;
  process.send = undefined;
  try {
    await runEnv(['--probe', 'onnxruntime']);
  } finally {
    process.send = send;
  }
  expect(JSON.parse(said.join('\n'))).toEqual({
    found: {
      version: expect.stringMatching(/^1\.\d+\.\d+$/),
      notice: expect.stringMatching(/^ONNX Runtime, \d+ thread/),
    },
  });
});

test('libraries that TensorFlow looked for are read from what it writes', () => {
  const line = (library: string) =>
    `2026-01-01 W tensorflow/stream_executor/platform/default/dso_loader.cc:64] Could not load dynamic library '${library}'; dlerror: ...\n`;
  expect(
    missingLibraries(`${line('libcudart.so.11.0')}I other\n${line('libcudnn.so.8')}${line('libcudart.so.11.0')}`),
  ).toEqual([...['libcudart.so.11.0', 'libcudnn.so.8']]);
});
