import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Feedback } from '../alignment/protocol';
import { digits } from '../numbers';
import { progress } from '../progress';
import { checkSameLosses } from '../train_step/same_losses';
import { type Contestant, jobFor } from './contestant';
import { hhLikeFeedback } from './feedback';
import type { Step } from './protocol';
import { type Run, runProgram } from './run_program';
import type { GpuShape } from './shape';
import { tokensOf, usefulFlops } from './useful_flops';

/** A program on a shape: its runs, one a round, or why there are none. */
export interface Entry {
  readonly name: string;
  readonly program: Contestant['program'];
  readonly arithmetic: Contestant['arithmetic'];
  /** What it computes at once: tokens of ours, rows of PyTorch. */
  readonly atOnce?: number;
  readonly runs: readonly Run[];
  readonly missing?: string;
}

export interface MeasuredShape {
  readonly shape: GpuShape;
  /** Of each step. */
  readonly tokens: readonly number[];
  readonly flops: readonly number[];
  readonly entries: readonly Entry[];
}

export interface Asked {
  readonly rounds: number;
  readonly steps: number;
  /** Where files may lie. */
  readonly folder: string;
}

/** All programs on one shape, in turn, round after round; what each computes at once is tried out before. */
export async function measureShape(
  shape: GpuShape,
  contestants: readonly Contestant[],
  { rounds, steps, folder }: Asked,
): Promise<MeasuredShape> {
  const fileFor = async (feedback: Feedback, name: string) => {
    const file = join(folder, `${shape.name}-${name}.json`);
    await writeFile(file, JSON.stringify(feedback));
    return file;
  };
  const run = async (contestant: Contestant, atOnce: number, steps: number, place: string) => {
    const tokens = contestant.program === 'halokit' ? atOnce : 2048;
    const file = await fileFor(await hhLikeFeedback(shape, { steps, atOnce: tokens }), `${steps}x${tokens}`);
    return await runAloud(`${shape.name}, ${place}, ${contestant.name}`, contestant, shape, atOnce, file);
  };
  const entries: { readonly contestant: Contestant; entry: Omit<Entry, 'runs'>; runs: Run[] }[] = [];
  for (const contestant of contestants) {
    const { name, program, arithmetic } = contestant;
    const found = await fastest(candidates(contestant, shape), (atOnce) => run(contestant, atOnce, 1, 'trying'));
    entries.push({ contestant, entry: { name, program, arithmetic, ...found }, runs: [] });
  }
  for (let round = 1; round <= rounds; round++) {
    for (const measured of entries) {
      const { contestant, entry, runs } = measured;
      if (entry.missing !== undefined) continue;
      try {
        runs.push(await run(contestant, entry.atOnce as number, steps, `round ${round} of ${rounds}`));
      } catch (error) {
        Object.assign(measured, { entry: { ...entry, missing: lastLine(error) }, runs: [] });
      }
    }
    checkRound(entries.map(({ entry, runs }) => ({ ...entry, runs })));
  }
  const { steps: planned } = await hhLikeFeedback(shape, { steps, atOnce: 2048 });
  return {
    shape,
    tokens: planned.map(tokensOf),
    flops: planned.map((step) => usefulFlops(shape.size, step)),
    entries: entries.map(({ entry, runs }) => ({ ...entry, runs })),
  };
}

/** Sizes that a step is large enough for: one that holds all of it, and none beyond. */
function candidates({ program, atOnce }: Contestant, { answers, shorter }: GpuShape): readonly number[] {
  // A row of HH has 150 tokens, and seldom more than 446.
  const all = program === 'halokit' ? (answers * 446) / shorter : answers;
  return atOnce.filter((_, i) => i === 0 || (atOnce[i - 1] as number) < all);
}

/** The size that does one step fastest; one that fails, for want of memory say, is none. */
export async function fastest(
  sizes: readonly number[],
  run: (size: number) => Promise<Pick<Run, 'again'>>,
): Promise<Pick<Entry, 'atOnce' | 'missing'>> {
  let best: { size: number; seconds: number } | undefined;
  let missing = '';
  const [only, ...others] = sizes;
  if (others.length === 0) return { atOnce: only as number };
  for (const size of sizes) {
    try {
      const { again } = await run(size);
      const seconds = again.reduce((sum, step) => sum + step.seconds, 0);
      if (!best || seconds < best.seconds) best = { size, seconds };
    } catch (error) {
      missing = lastLine(error);
      break;
    }
  }
  return best ? { atOnce: best.size } : { missing };
}

function lastLine(error: unknown): string {
  return (
    String(error instanceof Error ? error.message : error)
      .trim()
      .split('\n')
      .at(-1) ?? ''
  );
}

/** @throws Error where both programs, in float32, do not compute the same */
function checkRound(entries: readonly Entry[]): void {
  const of = (program: Entry['program']) =>
    entries.find((entry) => entry.program === program && entry.arithmetic === 'float32')?.runs.at(-1)?.first;
  const [ours, peers] = [of('halokit'), of('PyTorch')];
  if (ours && peers) checkSameLosses(ours, peers);
}

async function runAloud(
  label: string,
  contestant: Contestant,
  shape: GpuShape,
  atOnce: number,
  file: string,
): Promise<Run> {
  const line = progress(`${label}, ${atOnce} ${contestant.program === 'halokit' ? 'tokens' : 'rows'} at once`);
  line.update('starting');
  const heard = ({ seconds }: Step) => line.update(`${digits(seconds)} s`);
  try {
    const run = await runProgram(contestant.step, jobFor(contestant, shape, atOnce, file), heard);
    line.end(`${run.again.map(({ seconds }) => digits(seconds)).join(', ')} s`);
    return run;
  } catch (error) {
    line.end(`failed: ${lastLine(error)}`);
    throw error;
  }
}
