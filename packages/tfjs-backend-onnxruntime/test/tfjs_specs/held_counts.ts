import { readFileSync, writeFileSync } from 'node:fs';
import type { Counts } from './summary';

const file = new URL('./counts.json', import.meta.url);

/** Says how to change them; run from the package's folder. */
export function updateCommand(backend: string): string {
  return `node --conditions=@halokit/source --import tsx test/tfjs_specs/main.ts --backend ${backend} --update`;
}

/** The counts that a backend is held to. */
export function heldCounts(backend: string): Counts | undefined {
  return all()[backend];
}

export function holdCounts(backend: string, counts: Counts): void {
  writeFileSync(file, `${JSON.stringify({ ...all(), [backend]: counts }, null, 2)}\n`);
}

function all(): Record<string, Counts> {
  return JSON.parse(readFileSync(file, 'utf8'));
}
