/** Milliseconds between two looks. */
const often = 50;

/** Watches the resident memory of this process until it is stopped; `stop` says the most that was seen, in bytes. */
export function watchMemory(): { stop(): number } {
  let most = process.memoryUsage.rss();
  const look = () => {
    most = Math.max(most, process.memoryUsage.rss());
  };
  const timer = setInterval(look, often);
  return {
    stop() {
      clearInterval(timer);
      look();
      return most;
    },
  };
}
