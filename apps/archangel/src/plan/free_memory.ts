import { totalmem } from 'node:os';

/** Memory that this process may have, in bytes. */
export interface ProcessMemory {
  /** Of the machine, or of the container where that has less. */
  readonly total: number;
  /** What this process has already, and what it could still get. */
  readonly room: number;
  /** What this process has already. */
  readonly resident: number;
}

/** What is free now; a container's limit counts. */
export function processMemory(): ProcessMemory {
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  const resident = process.memoryUsage.rss();
  return { total: Math.min(totalmem(), limit), room: process.availableMemory() + resident, resident };
}
