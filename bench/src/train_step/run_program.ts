import { watchProcessor } from '../busy_processor';
import { type Command, childLines } from '../child_lines';
import type { End, Job, Message, Step } from './protocol';

/** One program's run from start to end. */
export interface Run {
  readonly warmUp: readonly Step[];
  readonly timed: readonly Step[];
  readonly end: End;
  /** Share of the processor that other programs took meanwhile, 0 to 1. */
  readonly othersShare: number;
}

/** Steps before the measurement: the first compile, fault fresh memory in, and show whether both compute the same. */
export const warmUpSteps = 3;

/** Runs a program on a job in a process of its own; `heard` is called after every step. */
export async function runProgram(command: Command, job: Job, heard: (steps: readonly Step[]) => void): Promise<Run> {
  const processor = watchProcessor();
  const steps: Step[] = [];
  const ends: End[] = [];
  await childLines({ ...command, args: [...command.args, JSON.stringify(job)] }, (line) => {
    const { kind, ...message } = line as Message;
    if (kind === 'end') {
      ends.push(message as End);
    } else {
      const { step: _, ...step } = message as Step & { step: number };
      steps.push(step);
      heard(steps);
    }
  });
  const [end] = ends;
  if (!end || steps.length !== job.steps) throw new Error(`${command.file} did ${steps.length} of ${job.steps} steps.`);
  const othersShare = processor.others(end.cpuSeconds);
  return { warmUp: steps.slice(0, warmUpSteps), timed: steps.slice(warmUpSteps), end, othersShare };
}

/** Seconds of each timed step. */
export function seconds({ timed }: Run): number[] {
  return timed.map((step) => step.seconds);
}
