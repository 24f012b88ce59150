import { InputError } from '../input_error';

export function checkPValues(pValues: readonly number[]): void {
  pValues.forEach((p, i) => {
    if (!(p >= 0 && p <= 1)) throw new InputError(`P-value ${i} is ${p}: give a number from 0 to 1, or leave it out.`);
  });
}
