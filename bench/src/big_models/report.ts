import { table } from '@halokit/evaluation';
import { digits, gigabytes } from '../numbers';
import { type Circumstances, closingParts } from '../train_step/report';
import type { Run } from './run_program';
import type { Task } from './task';

/** One task, as it was measured. */
export interface Measured {
  readonly task: Task;
  readonly parameters: number;
  /** The most bytes that it may take, where that was asked. */
  readonly allowedBytes?: number;
  readonly ours: Run;
  /** PyTorch doing the same, or why not. */
  readonly peer: Run | string;
}

export interface Results extends Circumstances {
  readonly date: string;
  readonly tasks: readonly Measured[];
}

/** The results as a person reads them. */
export function report(results: Results): string {
  return [...results.tasks.map(taskPart), ...closingParts(results)].join('\n\n');
}

/** What other programs may take of the processor before the report warns of it. */
const quiet = 0.05;

function taskPart({ task, parameters, allowedBytes, ours, peer }: Measured): string {
  const { name, rows, tokens, microbatchRows } = task;
  const row = (program: string, { steps, end }: Run) => {
    const seconds = steps.at(-1)?.seconds ?? Number.NaN;
    return [
      program,
      digits(seconds),
      digits((rows * tokens) / seconds),
      gigabytes(end.peakBytes),
      end.referenceSeconds > 0 ? digits(end.referenceSeconds) : '-',
    ];
  };
  const others = typeof peer === 'string' ? [] : [row('PyTorch', peer)];
  const header = ['', 'seconds, last step', 'tokens/s', 'peak memory', 'reference before, s'];
  const losses = ours.steps.map(({ loss }) => digits(loss)).join(', ');
  const busy = Math.max(ours.othersShare, typeof peer === 'string' ? 0 : peer.othersShare);
  return [
    `${name}: ${digits(parameters / 1e6)} M parameters, KTO, ${rows} x ${tokens} tokens a step, ${microbatchRows} at once`,
    '',
    table(header, [row('halokit', ours), ...others]),
    '',
    `Losses: ${losses}${typeof peer === 'string' ? '' : ', in PyTorch as well'}.`,
    ...(typeof peer === 'string' ? [peer] : []),
    ...(allowedBytes === undefined ? [] : [verdict(ours.end.peakBytes, allowedBytes)]),
    ...(busy > quiet
      ? [`Other programs took up to ${(100 * busy).toFixed(0)} % of the processor: measure again on a quiet machine.`]
      : []),
  ].join('\n');
}

function verdict(bytes: number, allowed: number): string {
  return `Asked for at most ${gigabytes(allowed)}: ${bytes <= allowed ? 'held' : 'not held'}.`;
}
