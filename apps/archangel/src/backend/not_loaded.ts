/** A package that cannot compute here: why, in a few words that follow its name, and what would help. */
export class NotLoadedError extends Error {
  override readonly name = 'NotLoadedError';

  constructor(
    readonly reason: string,
    readonly remedy: string,
  ) {
    super(`${reason}. ${remedy}`);
  }
}
