import { totalmem } from 'node:os';
import { currentRanks } from '../ranks/ranks';

/** Memory that this process may have, in bytes. */
export interface ProcessMemory {
  /** Of the machine, or of the container where that has less. */
  readonly total: number;
  /** What this process has already, and what it could still get. */
  readonly room: number;
  /** What this process has already. */
  readonly resident: number;
}

/** What is free now, of which each rank on this host may have its part; a container's limit counts. */
export function processMemory(): ProcessMemory {
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY;
  const resident = process.memoryUsage.rss();
  return { total: Math.min(totalmem(), limit), room: process.availableMemory() / ranksHere() + resident, resident };
}

function ranksHere(): number {
  const { job, rank } = currentRanks();
  return job ? job.hosts.filter((host) => host === job.hosts[rank]).length : 1;
}
