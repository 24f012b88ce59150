import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Runs a program of this folder in a process of its own, and reads the one JSON line that it prints. */
export async function runProgram(name: string, ...nodeOptions: string[]): Promise<unknown> {
  const file = fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url));
  const source = [...nodeOptions, '--conditions=@halokit/source', '--import', 'tsx', file];
  const { stdout } = await promisify(execFile)(process.execPath, source);
  return JSON.parse(stdout);
}
