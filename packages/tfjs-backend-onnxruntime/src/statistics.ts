/** What the engine has done since its backend started. Times in milliseconds. */
export interface Statistics {
  /** Nodes recorded and run, and how many runs of a compiled chunk that took. */
  nodes: number;
  runs: number;
  runMs: number;
  /** Chunks compiled because no session had their fingerprint. */
  compiles: number;
  compileMs: number;
  /** Flushes planned: cut into chunks, and how long that took. */
  flushes: number;
  planMs: number;
  /** Outputs that took over the memory of an input. */
  inPlace: number;
  /** Compiled sessions in the cache. */
  sessions: number;
  /** Operators of compiled chunks that the device has no kernel for, so that they run on the processor. */
  leftToCpu: number;
  /** Copies to and from the memory of a device, and their bytes. */
  uploads: number;
  uploadedBytes: number;
  readBacks: number;
  readBackBytes: number;
}

export function newStatistics(): Statistics {
  return {
    ...{ nodes: 0, runs: 0, runMs: 0, compiles: 0, compileMs: 0, flushes: 0, planMs: 0, inPlace: 0, sessions: 0 },
    ...{ leftToCpu: 0, uploads: 0, uploadedBytes: 0, readBacks: 0, readBackBytes: 0 },
  };
}
