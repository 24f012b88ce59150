import { kto } from '@halokit/losses';
import { preset } from '@halokit/models';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { announce } from './announce';
import { forecast } from './forecast';
import type { Intent } from './intent';
import { nominalDataset } from './nominal_dataset';

const free = vi.hoisted(() => ({ room: 0 }));
const device = vi.hoisted(() => ({ memory: undefined as object | undefined }));
vi.mock('./device_memory', () => ({ deviceInUse: () => device.memory }));
vi.mock('./free_memory', () => ({ processMemory: () => ({ ...free, resident: 0, total: 0 }) }));
vi.mock('./probe', () => ({ machineRates: async () => undefined }));

let said: string[];
beforeEach(() => {
  said = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => said.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
});

const backend = { name: 'onnxruntime', notice: '' } as const;
const loss = kto();
const intent: Intent = {
  ...{ config: preset('pythia-410m'), loss, dataset: nominalDataset(loss, 8, 64, 64), optimizer: 'rmsprop' },
  ...{ walk: { seed: 1, batchSize: 8, microbatchSize: 2, epochs: 1 }, rowsAtOnce: 2 },
};

describe('on a graphics processor', () => {
  const webgpu = { ...backend, device: 'webgpu' } as const;
  afterEach(() => {
    device.memory = undefined;
  });

  test('a run that its memory is too small for is refused with what would fit, before anything is loaded', async () => {
    free.room = 1e12;
    const { deviceBytes = 0 } = await forecast({ ...intent, onGpu: true }, 0);
    device.memory = { name: 'a card', shared: false, total: deviceBytes, room: deviceBytes };
    expect((await announce(intent, webgpu, 'refuse', 'never')).planned?.deviceBytes).toBe(deviceBytes);
    expect(said.at(-1)).toMatch(/^Forecast: .* GB of the memory of a card at its most \(.* GB free\) and .* of memory/);

    device.memory = { name: 'a card', shared: false, total: deviceBytes, room: deviceBytes - 1 };
    await expect(announce(intent, webgpu, 'refuse', 'never')).rejects.toThrow(
      /needs .* GB of the memory of a card at its most, and .* GB are free\. What would: .* --memory ignore begins/,
    );
    expect((await announce(intent, webgpu, 'ignore', 'never')).planned?.deviceBytes).toBe(deviceBytes);
    free.room = 1e6;
    device.memory = { name: 'a card', shared: false, total: 1e12, room: 1e12 };
    await expect(announce(intent, webgpu, 'refuse', 'never')).rejects.toThrow(/needs .* GB of memory at its most/);
  });

  test('where nobody says how much it has, that is said, and the run begins', async () => {
    free.room = 1e12;
    device.memory = { name: 'a card', shared: false };
    await announce(intent, webgpu, 'refuse', 'never');
    expect(said.at(-1)).toContain('of the memory of a card at its most (how much it has is not known)');
  });
});

describe('--reference.stream', () => {
  test('auto streams where a run fits so and not otherwise, and says so', async () => {
    const kept = (await forecast(intent, 0)).peakBytes;
    const streamed = (await forecast({ ...intent, streamed: true }, 0)).peakBytes;
    // The frozen copy is what is saved.
    expect(kept - streamed).toBeGreaterThan(1e9);

    free.room = kept;
    expect(await announce(intent, backend, 'refuse', 'auto')).toMatchObject({ streamed: false });
    expect(said.join()).not.toContain('read from its checkpoint');

    free.room = kept - 1;
    const { planned, ...announced } = await announce(intent, backend, 'refuse', 'auto');
    expect(announced).toEqual({ streamed: true });
    expect(planned?.peakBytes).toBe(streamed);
    expect(said.at(-1)).toMatch(/^The reference is read from its checkpoint .* it would take \d.* GB in all\.$/);

    await expect(announce(intent, backend, 'refuse', 'never')).rejects.toThrow('This run needs');
    free.room = streamed - 1;
    await expect(announce(intent, backend, 'refuse', 'auto')).rejects.toThrow('This run needs');
  });

  test('always streams, and elsewhere than on ONNX Runtime nothing else does', async () => {
    free.room = 1e12;
    expect(await announce(intent, backend, 'refuse', 'always')).toMatchObject({ streamed: true });
    const wasm = { name: 'wasm', notice: '' } as const;
    expect(await announce(intent, wasm, 'refuse', 'auto')).toEqual({ streamed: false });
    expect(await announce(intent, wasm, 'refuse', 'always')).toEqual({ streamed: true });
  });
});
