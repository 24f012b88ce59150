import * as tf from '@tensorflow/tfjs-core';
import { batch } from './batch';
import type { Model } from './model';
import type { Step } from './protocol';
import { createSquares, trainStep } from './train_step';

/** Trains the model, and says of each step how long it took from its tokens to its loss in hand. */
export async function* trainSteps(model: Model, steps: number): AsyncGenerator<Step> {
  const squares = createSquares(model);
  try {
    for (let step = 0; step < steps; step++) {
      const started = performance.now();
      const { ids, labels } = batch(model.shape, step);
      const inputs = [tf.tensor1d(ids, 'int32'), tf.tensor1d(labels, 'int32')] as const;
      const loss = trainStep(model, squares, ...inputs);
      const recorded = performance.now();
      const [value = Number.NaN] = await loss.data<'float32'>();
      tf.dispose([loss, ...inputs]);
      const ended = performance.now();
      yield { seconds: (ended - started) / 1000, recordSeconds: (recorded - started) / 1000, loss: value };
    }
  } finally {
    tf.dispose([...squares.values()]);
  }
}
