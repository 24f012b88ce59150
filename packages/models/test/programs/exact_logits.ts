// One JSON line: a model's logits in float64, and what they are with every weight off by up to one rounding of float32.
import '../float64_arrays';
import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { createModel, disposeModel } from '../../src/causal_lm';
import { readConfig } from '../../src/families/families';
import { logits } from '../../src/forward_pass';
import type { ExactJob, ExactLogits } from '../exact_logits';
import { useFloat64 } from '../float64';
import { perturbed } from '../numbers';

const job: ExactJob = JSON.parse(process.argv[2] as string);
await useFloat64();

/** The logits of all tokens, [tokens, vocabulary], with weights off by this part of themselves. */
function evaluate(part: number, firstDraw: number): number[][] {
  const model = createModel(readConfig(job.config), { seed: job.seed });
  let draw = firstDraw;
  for (const weight of model.weights.values()) {
    const values = Array.from(weight.dataSync(), Math.fround);
    const moved = perturbed({ shape: weight.shape, values }, part, draw++);
    tf.tidy(() => weight.assign(tf.tensor([...moved.values], weight.shape)));
  }
  const [result] = tf.tidy(() => logits(model, tf.tensor2d([[...job.ids]], undefined, 'int32')).arraySync());
  disposeModel(model);
  return result as number[][];
}

const result: ExactLogits = { exact: evaluate(0, 0), moved: evaluate(2 ** -24, 1000) };
console.log(JSON.stringify(result));
