import { watchProcessor } from '../busy_processor';
import { type Command, childLines } from '../child_lines';
import type { End, Generation, Job, Message } from './protocol';

/** One program's generations from the first to the last. */
export interface Run {
  /** The first compiles, and faults fresh memory in. */
  readonly warmUp: Generation;
  readonly timed: readonly Generation[];
  readonly end: End;
  /** Share of the processor that other programs took meanwhile, 0 to 1. */
  readonly othersShare: number;
}

/** Runs a program on a job in a process of its own; `heard` is called after every generation. */
export async function runProgram(command: Command, job: Job, heard: (seconds: number) => void): Promise<Run> {
  const processor = watchProcessor();
  const runs: Generation[] = [];
  let end: End | undefined;
  await childLines({ ...command, args: [...command.args, JSON.stringify(job)] }, (line) => {
    const { kind, ...message } = line as Message;
    if (kind === 'end') end = message as End;
    else {
      runs.push(message as Generation);
      heard((message as Generation).seconds);
    }
  });
  const [warmUp, ...timed] = runs;
  if (!end || !warmUp || runs.length !== job.runs)
    throw new Error(`${command.file} did ${runs.length} of ${job.runs} generations.`);
  return { warmUp, timed, end, othersShare: processor.others(end.cpuSeconds) };
}
