import * as tf from '@tensorflow/tfjs-core';
import { masked } from '../layers/attention';

/** The segment of tokens that all segments of a row see: its prompt. */
export const trunk = 0;

/**
 * Causal attention with several continuations after one beginning: a token sees itself and the earlier tokens of its own
 * segment and of the trunk.
 *
 * @param segments the segment of every token, int32 [rows, tokens]: 0 for the trunk, 1, 2, ... for what follows it
 * @returns 0 where a token sees another and `masked` elsewhere, [rows, 1, tokens, tokens]
 */
export function treeMask(segments: tf.Tensor2D): tf.Tensor4D {
  return tf.tidy(() => {
    const [rows, tokens] = segments.shape;
    const places = tf.range(0, tokens, 1, 'int32');
    const earlier = tf.lessEqual(places, tf.reshape(places, [tokens, 1]));
    const seen = tf.reshape(segments, [rows, 1, 1, tokens]);
    const related = tf.logicalOr(tf.equal(seen, trunk), tf.equal(seen, tf.reshape(segments, [rows, 1, tokens, 1])));
    const hidden = tf.logicalNot(tf.logicalAnd(related, earlier));
    return tf.mul(tf.cast(hidden, 'float32'), masked) as tf.Tensor4D;
  });
}
