import type { BatchPlan } from './plan';

/** A SHA-256 over everything a plan holds, as 64 hexadecimal digits: equal exactly when the runs compute the same batches. */
export async function planFingerprint({ settings, dataset, steps }: BatchPlan): Promise<string> {
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  const text = JSON.stringify([given.sort(([a], [b]) => (a < b ? -1 : 1)), dataset, steps]);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
