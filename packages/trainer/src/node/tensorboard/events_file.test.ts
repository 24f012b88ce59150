import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Metrics } from '../../metrics';
import { crc32c } from './crc32c';
import { encodeEvent, type TensorboardEvent } from './event';
import { openEventsFile } from './events_file';
import { record } from './record';

test('CRC-32C: the check value of its specification, and RFC 3720’s vectors', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
});

test('byte for byte what TensorBoard’s own classes write', async () => {
  const { bytes } = JSON.parse(
    await readFile(new URL('../../../fixtures/tensorboard/events.json', import.meta.url), 'utf8'),
  );
  const ours: TensorboardEvent[] = [
    { wallTime: 1700000000.25, fileVersion: 'brain.Event:2' },
    { wallTime: 1700000001.5, step: 121, starts: true },
    { wallTime: 1700000002.5, step: 121, scalars: { loss: 0.4375, 'rewards/margins': -0.1, kl: 0 } },
    { wallTime: 1700000003.5, step: 2 ** 40, scalars: { µ: Number.NaN, ['x'.repeat(200)]: Number.POSITIVE_INFINITY } },
  ];
  const records = ours.map((event) => record(encodeEvent(event)));
  expect(Buffer.concat(records).toString('base64')).toBe(bytes);
});

test('a file for every start, the later one after the earlier, each beginning with where it starts', async () => {
  const folder = join(await mkdtemp(join(tmpdir(), 'events-')), 'tensorboard', 'kto');
  const now = () => 1700000000250;
  const metrics: Metrics[] = [{ loss: 0.5 }, { loss: 0.25, kl: 1 }];
  for (const first of [1, 2]) {
    const events = await openEventsFile(folder, now);
    for (const [i, at] of metrics.entries()) await events.append({ step: first + i, metrics: at });
    await events.close();
  }
  const names = (await readdir(folder)).sort();
  expect(names.map((name) => name.replace(/00\..*\./, '00.HOST.PID.'))).toEqual([
    'events.out.tfevents.1700000000.HOST.PID.0',
    'events.out.tfevents.1700000000.HOST.PID.1',
  ]);
  const [, second] = await Promise.all(names.map((name) => readFile(join(folder, name))));
  const at = { wallTime: 1700000000.25 };
  const expected = [
    { ...at, fileVersion: 'brain.Event:2' },
    { ...at, step: 2, starts: true },
    { ...at, step: 2, scalars: metrics[0] },
    { ...at, step: 3, scalars: metrics[1] },
  ].map((event) => record(encodeEvent(event)));
  expect(second).toEqual(Buffer.concat(expected));
});
