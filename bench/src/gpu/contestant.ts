import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { DeviceName } from '@halokit/tfjs-backend-onnxruntime';
import type { Command } from '../child_lines';
import { ourCommand, peerCommand } from '../train_step/commands';
import type { Arithmetic, OurJob, PeerJob } from './protocol';
import type { GpuShape } from './shape';

/** A program that is measured, in one arithmetic. */
export interface Contestant {
  readonly name: string;
  readonly program: 'halokit' | 'PyTorch';
  readonly arithmetic: Arithmetic;
  readonly step: Command;
  readonly rates: Command;
  readonly device: string;
  /** What may be computed at once, smallest first, of which the fastest is taken: tokens of ours, rows of PyTorch. */
  readonly atOnce: readonly number[];
}

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

export function halokit(device: DeviceName, arithmetic: Arithmetic): Contestant {
  return {
    ...{ name: `halokit, ${arithmetic}`, program: 'halokit', arithmetic, device, atOnce: [2048, 8192] },
    step: ourCommand(here('program.ts')),
    rates: ourCommand(here('rates_program.ts')),
  };
}

/** The peers' procedure: KTO as HALOs does it. */
export function pytorch(python: string, device: string, arithmetic: Arithmetic): Contestant {
  const command = (file: string) => peerCommand(python, availableParallelism(), {}, here(file));
  return {
    ...{ name: `PyTorch, ${arithmetic}`, program: 'PyTorch', arithmetic, device, atOnce: [4, 8, 16, 32] },
    step: command('../alignment/peer.py'),
    rates: command('torch_rates.py'),
  };
}

/** Archangel's. */
const learningRate = 5e-7;

/** @param feedback a file */
export function jobFor(
  { program, device, arithmetic }: Contestant,
  { size }: GpuShape,
  atOnce: number,
  feedback: string,
): OurJob | PeerJob {
  const job = { method: 'kto', size, feedback, learningRate } as const;
  if (program === 'halokit') return { ...job, device: device as DeviceName, arithmetic };
  return { ...job, device, dtype: arithmetic, passes: 2, microbatchRows: atOnce, threads: availableParallelism() };
}
