import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';

/** Milliseconds between two looks. */
const often = 500;

/** Bytes of the memory of all GPUs that are in use now, by whatever program; undefined where nobody says. */
async function usedBytes(): Promise<number | undefined> {
  return (await ofNvidia()) ?? ofAmd();
}

async function ofNvidia(): Promise<number | undefined> {
  const query = ['--query-gpu=memory.used', '--format=csv,noheader,nounits'];
  const answer = await promisify(execFile)('nvidia-smi', query).catch(() => undefined);
  const mebibytes = answer?.stdout.trim().split('\n').map(Number);
  return mebibytes?.every(Number.isFinite) ? 2 ** 20 * sum(mebibytes) : undefined;
}

function ofAmd(): number | undefined {
  const cards = '/sys/class/drm';
  const all = existsSync(cards) ? readdirSync(cards).filter((name) => /^card\d+$/.test(name)) : [];
  const files = all.map((card) => `${cards}/${card}/device/mem_info_vram_used`).filter((file) => existsSync(file));
  return files.length === 0 ? undefined : sum(files.map((file) => Number(readFileSync(file, 'utf8'))));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/**
 * Watches how much more of the GPUs' memory is in use than at first, while something runs. It is the whole device's: drivers name no
 * process inside of a container, and nothing else should run beside a measurement.
 *
 * @returns what the program gave, and the growth at its most; undefined where nobody says
 */
export async function watchingDevice<T>(
  run: () => Promise<T>,
  read: () => Promise<number | undefined> = usedBytes,
  pause = often,
): Promise<{ result: T; grownBytes: number | undefined }> {
  const before = await read();
  if (before === undefined) return { result: await run(), grownBytes: undefined };
  let most = before;
  let over = false;
  const watch = (async () => {
    while (!over) {
      most = Math.max(most, (await read()) ?? 0);
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  })();
  const result = await run().finally(() => {
    over = true;
  });
  await watch;
  return { result, grownBytes: most - before };
}
