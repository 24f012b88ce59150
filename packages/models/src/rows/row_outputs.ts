import * as tf from '@tensorflow/tfjs-core';
import type { CausalLM } from '../causal_lm';
import { hiddenStates } from '../forward_pass';
import { scoresAt } from '../heads/reward_head';
import { valuesAt } from '../heads/value_head';
import type { BackwardOptions } from '../layer_stack';
import { vocabularyLogps } from '../model_weights';
import { checkRows } from './check_rows';
import { passContext } from './pass_context';
import { layOut } from './token_layout';
import type { TokenRow } from './token_row';

/**
 * Log-probabilities of response tokens, [rows, tokens], and their mask: 1 where a token is, else 0. There are as many tokens
 * as the longest response has, or some more.
 */
export interface TokenLogps {
  readonly tokens: tf.Tensor2D;
  readonly mask: tf.Tensor2D;
}

/** What one forward pass can say of the responses of its rows. */
export interface RowOutputs {
  readonly logps: TokenLogps;
  /** The value head's estimate before each response token, in the shape of `logps`; 0 after the response's end. */
  readonly values: tf.Tensor2D;
  /** The reward head's score of each response, [rows]. */
  readonly scores: tf.Tensor1D;
}

/**
 * Any of log-probabilities, values and scores of the same rows, out of one forward pass, differentiable:
 *
 *     logps.tokens[i, t] = log pi(response_i[t] | prompt_i, response_i[<t])
 *     values[i, t] = value_head(h(prompt_i, response_i[<t])),  h held fixed
 *     scores[i] = w . h(prompt_i, response_i)
 *
 * where h is the hidden state of the last token of what is given. Rows are padded on the right to the longest, and a little
 * further, so that there are few sizes to compile. Rows of one
 * prompt share it, their responses behind each other under a mask that keeps them apart, where that makes fewer tokens.
 * Logits are computed only where a response token is predicted: never for prompts and padding.
 *
 * @param wanted which of them, each once
 * @param options how much is kept for the backward pass
 * @throws InputError for an empty prompt or response, a row longer than the model's context, a head that is not there, or
 * `gradientCheckpointing` that is no number of layers
 *
 * @example
 * const { logps, values } = rowOutputs(addValueHead(model, { seed: 1 }), rows, ['logps', 'values']);
 */
export function rowOutputs<K extends keyof RowOutputs>(
  model: CausalLM,
  rows: readonly TokenRow[],
  wanted: readonly K[],
  options: BackwardOptions = {},
): Pick<RowOutputs, K> {
  checkRows(rows, model.config);
  const layout = layOut(rows);
  const shape: [number, number] = [...layout.shape];
  const outputs = tf.tidy(() => {
    const context = passContext(model.config, layout);
    const states = hiddenStates(model, tf.tensor2d(layout.ids, shape, 'int32'), context, options);
    const flat = tf.reshape(states, [-1, model.config.hiddenSize]) as tf.Tensor2D;
    const at = (tokens: Int32Array) => tf.gather(flat, tf.tensor1d(tokens, 'int32')) as tf.Tensor2D;
    const places = tf.tensor1d(layout.places, 'int32');
    const spread = (predictions: tf.Tensor1D) => {
      // One more entry, 0, is what every padded place points at.
      const padded = tf.concat1d([predictions, tf.zeros([1])]);
      return tf.reshape(tf.gather(padded, places), layout.answerShape) as tf.Tensor2D;
    };
    const predicting = at(layout.predicting);
    const compute: { readonly [N in keyof RowOutputs]: () => RowOutputs[N] } = {
      logps: () => ({
        tokens: spread(vocabularyLogps(model, predicting, tf.tensor1d(layout.labels, 'int32'))),
        mask: tf.tensor2d(layout.mask, layout.answerShape),
      }),
      values: () => spread(valuesAt(model, predicting)),
      scores: () => scoresAt(model, at(layout.last)),
    };
    return Object.fromEntries(wanted.map((name) => [name, compute[name]()])) as tf.TensorContainerObject;
  });
  return outputs as unknown as Pick<RowOutputs, K>;
}
