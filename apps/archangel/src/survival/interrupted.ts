/** A run that was asked to stop, and did: no mistake and no failure. Its message says how to go on. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** What a shell makes of a program that Ctrl-C has ended: 128 and the number of SIGINT. */
export const interruptedStatus = 130;
