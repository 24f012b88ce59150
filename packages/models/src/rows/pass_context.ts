import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from '../families/families';
import type { PassContext } from '../families/family';
import { anglesAt, causalContext } from '../forward_pass';
import type { TokenLayout } from './token_layout';
import { treeMask } from './tree_mask';

/** Positions and mask of a pass: plainly causal, or those of prompts that several responses share. */
export function passContext(
  config: ModelConfig,
  { shape: [rows, tokens], tree }: Pick<TokenLayout, 'shape' | 'tree'>,
): PassContext {
  if (!tree) return causalContext(config, tokens);
  const mask = treeMask(tf.tensor2d(tree.segments, [rows, tokens], 'int32'));
  return { angles: anglesAt(config, tree.positions), mask };
}
