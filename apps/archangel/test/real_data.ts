import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of real rows, where the environment names one. Set and missing is a failure, not a skip. */
const folder = process.env.HALOKIT_TEST_DATA;
if (folder !== undefined && !existsSync(folder))
  throw new Error(`HALOKIT_TEST_DATA names ${folder}, which is not there.`);

export const withoutRealData = folder === undefined;

export function realData(path: string): string {
  return join(folder ?? '', path);
}
