import { type CausalLM, plainOutputs, type TokenRow } from '@halokit/models';
import { InputError } from '../input_error';

/**
 * The scores that a model's reward head gives rows.
 *
 * @throws InputError for a model whose scores are not finite
 */
export async function scoresOf(model: CausalLM, rows: readonly TokenRow[], rowsAtOnce: number): Promise<number[]> {
  const { scores } = await plainOutputs(model, rows, ['scores'], { rowsAtOnce });
  return Array.from(scores, (score, row) => {
    if (Number.isFinite(score)) return score;
    throw new InputError(
      `The policy gives held-out row ${row} a score of ${score}: its weights are broken; was its learning rate too high?`,
    );
  });
}
