/** What carries messages between two ranks, each way at once. */
export interface Link {
  /** Of the line, as it is sold: 1.25e9 for 10 Gbit/s. */
  readonly bytesPerSecond: number;
  /** From one program's call to the other's, for a message of no size. */
  readonly latencySeconds: number;
}

/** What of a line's rate is left to messages: 1448 of every 1538 bytes, with TCP in Ethernet frames of 1500. */
const payloadShare = 1448 / 1538;

/** Seconds that a collective operation takes: α for each message that waits for another, and β for each byte that a rank sends. */
export function collectiveSeconds(
  { messages, bytes }: { readonly messages: number; readonly bytes: number },
  { bytesPerSecond, latencySeconds }: Link,
): number {
  return messages * latencySeconds + bytes / (payloadShare * bytesPerSecond);
}
