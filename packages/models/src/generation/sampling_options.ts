import { InputError } from '../input_error';

export interface SamplingOptions {
  /** Divides the logits; 0 (default) takes the likeliest token, whatever top-k and top-p say. */
  readonly temperature?: number;
  /** Draws from this many likeliest tokens; default: all. */
  readonly topK?: number;
  /** Draws from the fewest likeliest tokens whose probabilities reach this sum ("nucleus sampling"); default 1: all. */
  readonly topP?: number;
  /** Above 1 (default), tokens that the prompt or the response has already come less likely. */
  readonly repetitionPenalty?: number;
}

/** @throws InputError for a number out of its range */
export function checkSampling({ temperature, topK, topP, repetitionPenalty }: SamplingOptions): void {
  if (temperature !== undefined && !(temperature >= 0 && temperature < Number.POSITIVE_INFINITY))
    throw new InputError(`temperature is ${temperature}: give a number of at least 0.`);
  if (topK !== undefined && !(Number.isInteger(topK) && topK >= 1))
    throw new InputError(`topK is ${topK}: give a whole number of at least 1, or leave it out to draw from all.`);
  if (topP !== undefined && !(topP > 0 && topP <= 1))
    throw new InputError(`topP is ${topP}: give a number above 0 and up to 1.`);
  if (repetitionPenalty !== undefined && !(repetitionPenalty > 0 && repetitionPenalty < Number.POSITIVE_INFINITY))
    throw new InputError(`repetitionPenalty is ${repetitionPenalty}: give a number above 0; 1 penalises nothing.`);
}
