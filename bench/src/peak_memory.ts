import { readFileSync } from 'node:fs';

/** The most memory that this process has held at once, in bytes. */
export function peakBytes(): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kilobytes !== undefined) return 1024 * Number(kilobytes);
  } catch {
    // Only Linux has the file.
  }
  return 1024 * process.resourceUsage().maxRSS;
}
