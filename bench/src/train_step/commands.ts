import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from '../child_lines';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../../..');

/** Environment variables that change how PyTorch computes: the peer gets those we choose and no others. */
const tuning = /^(OPENBLAS|OMP|GOMP|KMP|MKL|ATEN|MALLOC|GLIBC)_/;

/** A program of ours, from its sources. */
export function ourCommand(file: string): Command {
  const args = ['--conditions=@halokit/source', '--import', 'tsx', file];
  return { file: process.execPath, args, cwd: root, env: process.env };
}

/** The peer's program with so many threads and these variables. */
export function peerCommand(
  python: string,
  threads: number,
  settings: NodeJS.ProcessEnv,
  file = join(here, 'peer.py'),
): Command {
  const inherited = Object.entries(process.env).filter(([name]) => !tuning.test(name));
  const count = String(threads);
  const env = { ...Object.fromEntries(inherited), OMP_NUM_THREADS: count, OPENBLAS_NUM_THREADS: count, ...settings };
  return { file: python, args: [file], cwd: root, env };
}
