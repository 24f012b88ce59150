import { cpus, totalmem } from 'node:os';
import { type DeviceName, deviceNames } from '../binding/device';
import { tryDevice } from '../binding/environment';
import { type Adapter, preferred } from './adapter';
import { adapters } from './adapters';

/** Whether graphs can be computed on a device, and on what. */
export interface DeviceReport {
  readonly device: DeviceName;
  readonly available: boolean;
  /** Why it is not available. */
  readonly reason?: string;
  /** What computes; missing where ONNX Runtime started but no driver says its name. */
  readonly adapter?: Adapter;
}

/**
 * Tries every device. A driver that is broken can take the process down with it, so a program that has more to do asks in a
 * process of its own.
 *
 * @throws Error while the backend is in use
 */
export function deviceReports(): DeviceReport[] {
  const known = adapters();
  return deviceNames.map((device) => {
    const reason = tryDevice(device);
    const adapter = device === 'cpu' ? processor() : preferred(known);
    return {
      device,
      available: reason === undefined,
      ...(reason !== undefined && { reason }),
      ...(reason === undefined && adapter && { adapter }),
    };
  });
}

function processor(): Adapter {
  return { name: cpus()[0]?.model.trim() ?? process.arch, kind: 'other', memoryBytes: totalmem(), float16: false };
}
