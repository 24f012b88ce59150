import type { DeviceMemory } from './device_memory';
import type { Forecast } from './forecast';
import type { ProcessMemory } from './free_memory';

/** A memory that training has to fit into. */
export interface Limit {
  /** Whose it is, where it is not the process's. */
  readonly of?: string;
  /** Bytes in all, and free; undefined where nobody says. */
  readonly total?: number;
  readonly room?: number;
  /** What a forecast takes of it. */
  needs(forecast: Forecast): number;
}

/**
 * The memories that training has to fit into, the one first that is most likely too small: of a graphics processor and of the
 * process, or of both together where they share one.
 */
export function limitsOf({ room, total }: ProcessMemory, device?: DeviceMemory): readonly [Limit, ...Limit[]] {
  const own: Limit = { room, total, needs: ({ peakBytes }) => peakBytes };
  if (!device) return [own];
  const ofDevice = ({ deviceBytes = 0 }: Forecast) => deviceBytes;
  const { name, shared, ...memory } = device;
  if (!shared) return [{ of: name, ...memory, needs: ofDevice }, own];
  // Weights that came through the process have left it when the device holds most.
  const ofBoth = (forecast: Forecast) =>
    ofDevice(forecast) + forecast.peakBytes - forecast.estimate.memory.parts.weights;
  return [{ of: name, ...memory, needs: ofBoth }];
}

/** The first that a forecast does not fit into. What nobody knows the size of is large enough. */
export function tooSmall(limits: readonly Limit[], forecast: Forecast): Limit | undefined {
  return limits.find(({ room, needs }) => room !== undefined && needs(forecast) > room);
}
