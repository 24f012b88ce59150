import { type Command, childLines } from '../child_lines';
import { watchingDevice } from './device_memory';
import type { End, Message, OurJob, PeerJob, Step } from './protocol';

/** One program's run from start to end. */
export interface Run {
  /** For the first time: compiling included. */
  readonly first: readonly Step[];
  /** The same steps again: what counts. */
  readonly again: readonly Step[];
  readonly end: End;
  /** How much more of the GPU's memory was in use at most than before; undefined where nobody says. */
  readonly grownBytes?: number;
}

/** Runs a program on a job in a process of its own; `heard` is called after every step. */
export async function runProgram(command: Command, job: OurJob | PeerJob, heard: (step: Step) => void): Promise<Run> {
  const [first, again, ends]: [Step[], Step[], End[]] = [[], [], []];
  const { grownBytes } = await watchingDevice(() =>
    childLines({ ...command, args: [...command.args, JSON.stringify(job)] }, (line) => {
      const { kind, ...message } = line as Message;
      if (kind === 'end') ends.push(message as End);
      else {
        (kind === 'step' ? first : again).push(message as Step);
        heard(message as Step);
      }
    }),
  );
  const [end] = ends;
  if (!end || again.length === 0) throw new Error(`${command.file} did ${first.length} steps once, and none again.`);
  return { first, again, end, ...(grownBytes !== undefined && { grownBytes }) };
}
