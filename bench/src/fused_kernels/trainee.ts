import { disposeModel, hiddenStates, labelLogps, outputEmbedding } from '@halokit/models';
import { rmsprop } from '@halokit/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../train_step/shape';
import { learningRate, type Trainee } from '../train_step/trainee';
import { createModel } from './model';

/** The model and its training as a user of halokit has them. */
export function createTrainee(shape: Shape): Trainee {
  const model = createModel(shape);
  const optimizer = rmsprop();
  return {
    weights: model.weights,
    loss(ids, labels) {
      const states = tf.reshape(hiddenStates(model, ids), [-1, shape.width]) as tf.Tensor2D;
      return tf.neg(tf.mean(labelLogps(states, outputEmbedding(model), labels))) as tf.Scalar;
    },
    update: (gradients) => optimizer.update(model.weights, gradients, learningRate),
    dispose() {
      disposeModel(model);
      optimizer.dispose();
    },
  };
}
