import { readFileSync, writeFileSync } from 'node:fs';
import type { Counts } from './summary';

const file = new URL('./counts.json', import.meta.url);

/** Says how to change them; run from the package's folder. */
export const updateCommand = 'node --conditions=@halokit/source --import tsx test/tfjs_specs/main.ts --update';

/** The counts that the backend is held to. */
export function heldCounts(): Counts {
  return JSON.parse(readFileSync(file, 'utf8'));
}

export function holdCounts(counts: Counts): void {
  const fields = Object.entries(counts).map(([name, count]) => `"${name}": ${count}`);
  writeFileSync(file, `{ ${fields.join(', ')} }\n`);
}
