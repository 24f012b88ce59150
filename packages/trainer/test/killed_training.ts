import { type ChildProcess, spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Bundles the program of this test into one file, which starts ten times as fast as its sources. */
export async function bundleTraining(folder: string): Promise<string> {
  const outfile = join(folder, 'train_and_save.mjs');
  await build({
    entryPoints: [fileURLToPath(new URL('programs/train_and_save.ts', import.meta.url))],
    ...{ outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error', conditions: ['@halokit/source'] },
    // What was written for CommonJS asks for Node's own modules so.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  return outfile;
}

/** Runs it to its end. @returns what it said of damage */
export async function trainToTheEnd(program: string, folder: string, steps: number): Promise<string[]> {
  const { child, said } = start(program, folder, steps);
  const code = await ended(child);
  if (code !== 0) throw new Error(`The program ended with ${code}.`);
  return said.flatMap((event) => event.damaged ?? []);
}

/** When processes died. */
export interface Deaths {
  readonly kills: number;
  /** Of them, how many while a checkpoint was written: they left a part of one. */
  readonly whileSaving: number;
  /** The step each had come to. */
  readonly steps: readonly number[];
}

/**
 * Runs it again and again, and kills it each time: at some moment after it has begun to say something, and every other time
 * just when it saves.
 */
export async function killAgainAndAgain(
  program: string,
  folder: string,
  { steps, kills, seed }: { readonly steps: number; readonly kills: number; readonly seed: number },
): Promise<Deaths> {
  const random = xoroshiro128plus(seed);
  const draw = (most: number) => uniformInt(random, 0, most);
  const reached: number[] = [];
  let whileSaving = 0;
  for (let kill = 0; kill < kills; kill++) {
    const onSave = kill % 2 === 1;
    let left = draw(1);
    const delay = draw(40);
    const { child, said, lines } = start(program, folder, steps);
    const dead = ended(child);
    await new Promise<void>((resolve, reject) => {
      lines.on('line', (line) => {
        if ((!onSave || 'saving' in JSON.parse(line)) && left-- === 0) resolve();
      });
      dead.then((code) => reject(new Error(`The program ended with ${code} before it was killed.`)));
    });
    await setTimeout(delay);
    child.kill('SIGKILL');
    const code = await dead;
    if (code !== null) throw new Error(`The program ended with ${code} before it was killed.`);
    const names = await readdir(join(folder, 'checkpoints')).catch(() => []);
    if (names.some((name) => name.endsWith(`.${child.pid}.partial`))) whileSaving++;
    reached.push(Math.max(0, ...said.flatMap((event) => event.step ?? [])));
  }
  return { kills, whileSaving, steps: reached };
}

interface Said {
  readonly step?: number;
  readonly damaged?: string;
}

function start(program: string, folder: string, steps: number) {
  const child = spawn(process.execPath, [program, folder, String(steps)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const said: Said[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => said.push(JSON.parse(line)));
  return { child, said, lines };
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.on('close', resolve));
}
