import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** `step-000120`: names in the order of their steps. */
export function checkpointName(step: number): string {
  return `step-${String(step).padStart(6, '0')}`;
}

/** The checkpoints of a folder, the newest first. */
export async function checkpointNames(folder: string): Promise<string[]> {
  const steps = (await namesIn(folder)).flatMap((name) => /^step-(\d+)$/.exec(name)?.[1] ?? []);
  return steps.sort((a, b) => Number(b) - Number(a)).map((step) => `step-${step}`);
}

/**
 * Removes all checkpoints but the newest, and what killed processes left of others. Each is renamed before it is removed,
 * so that none is ever seen by half.
 */
export async function keepNewest(folder: string, keep: number): Promise<void> {
  for (const name of (await checkpointNames(folder)).slice(keep)) {
    const old = join(folder, `.${name}.${process.pid}.old`);
    await rename(join(folder, name), old);
    await rm(old, { recursive: true, force: true });
  }
  for (const name of await namesIn(folder)) {
    if (/^\.step-\d+\.\d+\.(partial|old)$/.test(name)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
