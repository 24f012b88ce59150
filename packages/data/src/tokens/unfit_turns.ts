import { InputError } from '../input_error';

/** Turns that a chat format cannot say; the reason and the fix apart, because dropped rows are counted by the reason. */
export class UnfitTurns extends InputError {
  constructor(
    readonly reason: string,
    fix: string,
  ) {
    super(`${reason}. ${fix}`);
  }
}
