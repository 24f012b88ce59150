import * as tf from '@tensorflow/tfjs-core';
import { batch } from './batch';
import { addGradients } from './gradients';
import { type Microbatch, microbatches } from './microbatches';
import type { Step } from './protocol';
import type { Shape } from './shape';
import type { Trainee } from './trainee';

/** Trains without end, and says of each step how long it took from its tokens to its loss in hand. */
export async function* trainSteps(trainee: Trainee, shape: Shape): AsyncGenerator<Step, never> {
  for (let step = 0; ; step++) {
    const started = performance.now();
    const gradients = new Map<string, tf.Tensor>();
    const parts = microbatches(shape, batch(shape, step));
    let recordMs = performance.now() - started;
    let loss = 0;
    for (const part of parts) {
      const recording = performance.now();
      const partLoss = record(trainee, gradients, part, shape.tokens);
      if (part === parts.at(-1)) {
        trainee.update(gradients);
        tf.dispose([...gradients.values()]);
      }
      recordMs += performance.now() - recording;
      // Read before the next microbatch, as a trainer does, so that only one is in memory.
      const [value = Number.NaN] = await partLoss.data<'float32'>();
      loss += value;
      partLoss.dispose();
    }
    yield { seconds: (performance.now() - started) / 1000, recordSeconds: recordMs / 1000, loss };
  }
}

/** Adds a microbatch's gradients, and gives its part of the batch's mean loss. */
function record(trainee: Trainee, gradients: Map<string, tf.Tensor>, part: Microbatch, tokens: number): tf.Scalar {
  const ids = tf.tensor2d(part.ids, [part.rows, tokens], 'int32');
  const labels = tf.tensor1d(part.labels, 'int32');
  const loss = addGradients(gradients, trainee.weights, () => tf.mul(trainee.loss(ids, labels), part.share));
  tf.dispose([ids, labels]);
  return loss;
}
