/** A mistake in what was given, not in the program: its message names the place and the fix. */
export class InputError extends Error {
  override readonly name = 'InputError';
}
