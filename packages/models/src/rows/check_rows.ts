import type { ModelConfig } from '../families/families';
import { InputError } from '../input_error';
import type { TokenRow } from './token_row';

/** @throws InputError for an empty prompt or response, or a row longer than the model's context */
export function checkRows(rows: readonly TokenRow[], { maxPositionEmbeddings }: ModelConfig): void {
  rows.forEach(({ prompt, response }, i) => {
    if (prompt.length === 0)
      throw new InputError(`Row ${i} has an empty prompt: nothing predicts its first response token.`);
    if (response.length === 0) throw new InputError(`Row ${i} has an empty response: drop it before training.`);
    const length = prompt.length + response.length;
    if (length > maxPositionEmbeddings) {
      throw new InputError(
        `Row ${i} is ${length} tokens long and the model's context ${maxPositionEmbeddings}: truncate it.`,
      );
    }
  });
}
