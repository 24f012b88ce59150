import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';

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
 * @returns what gives it back; undefined where it is another's
 */
export async function claimJob(file: string): Promise<(() => Promise<void>) | undefined> {
  await mkdir(dirname(file), { recursive: true });
  const claim: Claim = { host: hostname(), pid: process.pid, since: new Date().toISOString() };
  const text = JSON.stringify(claim);
  if (!(await create(file, text)) && !((await removeAbandoned(file)) && (await create(file, text)))) return undefined;
  const alive = setInterval(() => {
    const now = new Date();
    // Where the folder is gone, what the job writes next says so.
    utimes(file, now, now).catch(() => {});
  }, beat);
  alive.unref();
  return async () => {
    clearInterval(alive);
    await rm(file, { force: true });
  };
}

/** Who is at a job now; undefined where nobody is. */
export async function claimOf(file: string): Promise<Claim | undefined> {
  const text = await readFile(file, 'utf8').catch(absent);
  if (text === undefined) return undefined;
  const touched = (await stat(file).catch(absent))?.mtimeMs;
  return touched !== undefined && isHeld(text, touched) ? JSON.parse(text) : undefined;
}

async function create(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Of a process that is no more. Of several that find it so, one moves it away. */
async function removeAbandoned(file: string): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(absent);
  if (text === undefined) return true;
  const touched = (await stat(file).catch(absent))?.mtimeMs ?? 0;
  if (isHeld(text, touched)) return false;
  const aside = `${file}.${process.pid}.abandoned`;
  const moved = await rename(file, aside).then(() => true, absent);
  if (!moved) return true;
  const mine = (await readFile(aside, 'utf8')) === text;
  // Between reading and moving another may have taken the job: it keeps it.
  if (mine) await rm(aside);
  else await rename(aside, file);
  return mine;
}

function isHeld(text: string, touched: number): boolean {
  if (Date.now() - touched > silence) return false;
  try {
    const { host, pid } = JSON.parse(text) as Claim;
    return host !== hostname() || isAlive(pid);
  } catch {
    // Half written: by somebody who is writing it now.
    return true;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT') return undefined;
  throw error;
}
