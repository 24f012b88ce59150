import { api, made } from './api';
import { environment } from './environment';

/** What ONNX Runtime's arena counts, in bytes: tensors, and what a running graph makes on its way. NaN on a device, which does not. */
export interface ArenaStatistics {
  readonly inUse: number;
  /** The most that was in use at once since the backend started. */
  readonly mostInUse: number;
  /** Taken from the system. The arena gives nothing back before the backend ends, so this is a peak too. */
  readonly reserved: number;
}

/** What the arena has counted since the backend started; it starts one that is not running. */
export function arenaStatistics(): ArenaStatistics {
  const { allocator } = environment();
  const pairs = made((out) => api().allocatorGetStats(allocator, out));
  try {
    const count = (key: string) => Number(api().keyValue(pairs, key) ?? Number.NaN);
    return { inUse: count('InUse'), mostInUse: count('MaxInUse'), reserved: count('TotalAllocated') };
  } finally {
    api().release.keyValuePairs(pairs);
  }
}
