import * as tf from '@tensorflow/tfjs-core';
import type { Shape } from '../train_step/shape';
import type { Trainee } from '../train_step/trainee';
import { loss } from './loss';
import { createModel, disposeModel } from './model';
import { createSquares, rmsprop } from './rmsprop';

/** The model and its training in plain TensorFlow.js, with no word about the backend that runs it. */
export function createTrainee(shape: Shape): Trainee {
  const model = createModel(shape);
  const squares = createSquares(model.weights);
  return {
    weights: model.weights,
    loss: (ids, labels) => loss(model, ids, labels),
    update: (gradients) => rmsprop(model.weights, gradients, squares),
    dispose() {
      disposeModel(model);
      tf.dispose([...squares.values()]);
    },
  };
}
