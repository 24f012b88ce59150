import type { CausalLM, TokenRow } from '@halokit/models';
import { InputError } from './input_error';

/**
 * Refuses a row that a model cannot read. The models would refuse it too, but by its place in their own batch; here it
 * has the name its giver knows, and nothing has been computed yet.
 */
export function checkRow({ prompt, response }: TokenRow, name: string, ...models: readonly CausalLM[]): void {
  if (prompt.length === 0) throw new InputError(`The prompt of ${name} is empty: nothing predicts its first token.`);
  if (response.length === 0) throw new InputError(`The response of ${name} is empty: leave it out.`);
  const length = prompt.length + response.length;
  const context = Math.min(...models.map(({ config }) => config.maxPositionEmbeddings));
  if (length > context) {
    throw new InputError(`The row of ${name} has ${length} tokens and the model's context is ${context}: truncate it.`);
  }
}
