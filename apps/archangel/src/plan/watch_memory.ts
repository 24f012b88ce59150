/** Milliseconds between two looks. */
const often = 50;

export interface MemoryWatch {
  /** Ends it, and says the most that was seen, in bytes. */
  stop(): number;
}

/** Watches the resident memory of this process until it is stopped, or the process has nothing else to do. */
export function watchMemory(): MemoryWatch {
  let most = process.memoryUsage.rss();
  const look = () => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const timer = setInterval(look, often).unref();
  return {
    stop() {
      clearInterval(timer);
      look();
      return most;
    },
  };
}
