import { watchProcessor } from '../busy_processor';
import { type Command, childLines } from '../child_lines';
import type { End, Job, Message, Step } from './protocol';

/** One program's run from start to end. */
export interface Run {
  /** The first compiles, and faults fresh memory in. */
  readonly steps: readonly Step[];
  /** The same batches once more, with the reference's answers known; of our program. */
  readonly cached: readonly Step[];
  readonly end: End;
  /** Share of the processor that other programs took meanwhile, 0 to 1. */
  readonly othersShare: number;
}

/** Runs a program on a job in a process of its own; `heard` is called after every step. */
export async function runProgram(command: Command, job: Job, heard: (step: Step) => void): Promise<Run> {
  const processor = watchProcessor();
  const [steps, cached]: [Step[], Step[]] = [[], []];
  const ends: End[] = [];
  await childLines({ ...command, args: [...command.args, JSON.stringify(job)] }, (line) => {
    const { kind, ...message } = line as Message;
    if (kind === 'end') ends.push(message as End);
    else {
      (kind === 'step' ? steps : cached).push(message as Step);
      heard(message as Step);
    }
  });
  const [end] = ends;
  if (!end || steps.length === 0) throw new Error(`${command.file} did ${steps.length} steps.`);
  return { steps, cached, end, othersShare: processor.others(end.cpuSeconds) };
}
