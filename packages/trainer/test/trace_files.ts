import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Trace } from './traces';

export function readTrace(name: string): Trace {
  return JSON.parse(readFileSync(new URL(`../fixtures/traces/${name}.json`, import.meta.url), 'utf8'));
}

/** The oracle's checkpoints are kept with the package that loads them. */
export function checkpointFolder(name: string): string {
  return fileURLToPath(new URL(`../../models/fixtures/${name.replace('models/', '')}`, import.meta.url));
}
