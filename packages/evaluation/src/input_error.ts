/** A mistake in what was given, not in the program: its message names the place and the fix. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** Refuses a count that would make a loop stand still. */
export function checkCount(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1) {
    throw new InputError(`${name} is ${value}: give a whole number, 1 or more.`);
  }
}
