import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/** Who does a job. */
export interface Claim {
  readonly host: string;
  readonly pid: number;
  /** ISO 8601. */
  readonly since: string;
}

/** A claim is touched so often, in milliseconds, and is nobody's when it was not for a dozen times that. */
const beat = 10_000;
const silence = 12 * beat;

/**
 * Takes a job, so that no other process does it at the same time, on this machine or another that shares the folder.
 *
 * A claim is a folder with one file, whose name says who has it. The folder comes whole, where there is none, and what a process that
 * is no more has left changes hands by the file's next name: each is one rename, in which one of many succeeds.
 *
 * @returns what gives it back; undefined where it is another's
 */
export async function claimJob(folder: string): Promise<(() => Promise<void>) | undefined> {
  const name = claimName({ host: hostname(), pid: process.pid, since: new Date().toISOString() });
  const file = join(folder, name);
  const found = await find(folder);
  if (found?.isHeld) return undefined;
  if (!(await (found ? takeOver(found.file, file) : create(folder, name)))) return undefined;
  const alive = setInterval(() => {
    // Where it is gone, what the job writes next says so.
    touch(file).catch(() => {});
  }, beat);
  alive.unref();
  return async () => {
    clearInterval(alive);
    await rm(file, { force: true });
    // By now it may be another's.
    await succeeds(rmdir(folder), 'ENOENT', 'ENOTEMPTY', 'EEXIST');
  };
}

/** Who is at a job now; undefined where nobody is. */
export async function claimOf(folder: string): Promise<Claim | undefined> {
  const found = await find(folder);
  return found?.isHeld ? found.claim : undefined;
}

/** The name of a claim's file: milliseconds since 1970, process, host. */
export function claimName({ host, pid, since }: Claim): string {
  return `${Date.parse(since)}-${pid}-${encodeURIComponent(host)}`;
}

interface Found {
  readonly file: string;
  readonly claim: Claim;
  readonly isHeld: boolean;
}

async function find(folder: string): Promise<Found | undefined> {
  const names = await orElse([], readdir(folder), 'ENOENT');
  const parts = names.map((name) => /^(\d+)-(\d+)-(.+)$/.exec(name)).find((match) => match !== null);
  if (!parts) return undefined;
  const [name, since, pid, host] = parts as unknown as [string, string, string, string];
  const file = join(folder, name);
  const about = await orElse(undefined, stat(file), 'ENOENT');
  // It changed hands meanwhile.
  if (!about) return find(folder);
  const claim = { host: decodeURIComponent(host), pid: Number(pid), since: new Date(Number(since)).toISOString() };
  const isHeld = Date.now() - about.mtimeMs <= silence && (claim.host !== hostname() || isAlive(claim.pid));
  return { file, claim, isHeld };
}

/** @returns whether nobody was faster */
async function create(folder: string, name: string): Promise<boolean> {
  const whole = `${folder}.${randomUUID()}`;
  await mkdir(whole, { recursive: true });
  await writeFile(join(whole, name), '');
  // Over an empty folder, which a process may leave that is killed as it gives a job back, a folder may be moved. EPERM is Windows's.
  const isFirst = await succeeds(rename(whole, folder), 'EEXIST', 'ENOTEMPTY', 'EPERM');
  if (!isFirst) await rm(whole, { recursive: true });
  return isFirst;
}

/** @returns whether nobody was faster */
async function takeOver(abandoned: string, file: string): Promise<boolean> {
  // Its age stays when it is renamed: touched before, it is never silent under its next name.
  return (await succeeds(touch(abandoned), 'ENOENT')) && succeeds(rename(abandoned, file), 'ENOENT');
}

/** @returns false where it fails for one of these reasons */
function succeeds(done: Promise<unknown>, ...codes: readonly string[]): Promise<boolean> {
  return orElse(
    false,
    done.then(() => true),
    ...codes,
  );
}

/** What comes of it, or something else where it fails for one of these reasons. */
function orElse<T, U>(other: U, result: Promise<T>, ...codes: readonly string[]): Promise<T | U> {
  return result.catch((error: NodeJS.ErrnoException) => {
    if (codes.includes(error.code as string)) return other;
    throw error;
  });
}

async function touch(file: string): Promise<void> {
  const now = new Date();
  await utimes(file, now, now);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
