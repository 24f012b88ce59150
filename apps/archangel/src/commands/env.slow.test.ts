// The command and the processes that it starts, as they are.
import { expect, test } from 'vitest';
import { archangel } from '../../test/archangel';
import type { EnvReport } from '../env/report';

test('env ends well and says what computes here', async () => {
  const { status, text } = await archangel('env', '--json').ended;
  expect(status).toBe(0);
  const report: EnvReport = JSON.parse(text);
  expect(report.backends.find(({ name }) => name === 'onnxruntime')).toMatchObject({ available: true });
  expect(report.auto).toMatchObject({ found: { notice: expect.any(String) } });
  const devices = Array.isArray(report.devices) ? report.devices : [report.devices];
  expect(devices[0]).toMatchObject({ device: 'cpu', available: true });
  expect(report.versions.onnxruntime).toMatch(/^1\.\d+\.\d+$/);
});
