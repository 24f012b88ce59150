import * as tf from '@tensorflow/tfjs-core';
import { type CausalLM, disposeModel } from '../src/causal_lm';
import { logits } from '../src/forward_pass';
import { loadCheckpoint } from '../src/node';
import { tokenLogps } from '../src/rows/token_logps';
import { fixture, idsOf, type LossCase, readExpected, tokenRows } from './oracle';

/** How far a model is from the oracle's float64, the largest of each. */
export interface OracleErrors {
  /** |difference| of logits, and of log-probabilities of response tokens. */
  readonly logits: number;
  readonly logps: number;
  /** Of KTO's gradient: the norm's relative difference, and that of single numbers to the largest of their weight. */
  readonly gradientNorm?: number;
  readonly gradient?: number;
}

/** Runs one of the oracle's checkpoints. @param lossScale what KTO's loss is multiplied by, and its gradient divided by */
export async function oracleErrors(name: string, lossScale: number): Promise<OracleErrors> {
  const model = await loadCheckpoint(fixture(name));
  try {
    return {
      logits: await logitsError(model, name),
      logps: await logpsError(model, name),
      ...(await ofKto(model, name, lossScale)),
    };
  } finally {
    disposeModel(model);
  }
}

async function logitsError(model: CausalLM, name: string): Promise<number> {
  const { batch, logits: expected } = readExpected(name);
  const all = await read(() => logits(model, idsOf(batch)));
  return largest(
    expected.flatMap(({ row, position, values }) => values.map((x, i) => (all[row]?.[position]?.[i] as number) - x)),
  );
}

async function logpsError(model: CausalLM, name: string): Promise<number> {
  const { batch, token_logps } = readExpected(name);
  const values = await read(() => tokenLogps(model, tokenRows(batch)).tokens);
  const expected = token_logps.map((row) => row.filter((logp) => logp !== 0));
  return largest(expected.flatMap((row, i) => row.map((x, t) => (values[i]?.[t] as number) - x)));
}

async function ofKto(model: CausalLM, name: string, lossScale: number) {
  const c = readExpected(name).losses?.kto as (LossCase & Record<string, unknown>) | undefined;
  if (!c) return {};
  const { beta, desirable_weight, undesirable_weight } = c.config;
  const weights = c.batch.desirable.map((up) => (up ? desirable_weight : undesirable_weight));
  const signs = c.batch.desirable.map((up) => (up ? -beta : beta));
  const loss = () => {
    const sums = tf.sum(tokenLogps(model, tokenRows(c.batch.target)).tokens, 1);
    const d = tf.sub(tf.sub(sums, tf.tensor1d(c.reference_target_logps as number[])), c.KL as number);
    const losses = tf.mul(tf.sigmoid(tf.mul(d, tf.tensor1d(signs))), tf.tensor1d(weights));
    return tf.mul(tf.mean(losses), lossScale) as tf.Scalar;
  };
  const { value, grads } = tf.variableGrads(loss, [...model.weights.values()]);
  let squares = 0;
  const errors: number[] = [];
  for (const [weight, variable] of model.weights) {
    const gradient = await (grads[variable.name] as tf.Tensor).data<'float32'>();
    squares += gradient.reduce((sum, g) => sum + (g / lossScale) ** 2, 0);
    const { entries = [], max_abs = 1 } = c.grads[weight] ?? {};
    for (const [index, entry] of entries) errors.push(((gradient[index] as number) / lossScale - entry) / max_abs);
  }
  tf.dispose([value, ...Object.values(grads)]);
  return { gradientNorm: Math.abs(Math.sqrt(squares) / c.total_grad_norm - 1), gradient: largest(errors) };
}

async function read<T extends tf.Tensor2D | tf.Tensor3D>(compute: () => T): Promise<Awaited<ReturnType<T['array']>>> {
  const tensor = tf.tidy(compute);
  const numbers = await tensor.array();
  tensor.dispose();
  return numbers as Awaited<ReturnType<T['array']>>;
}

function largest(differences: readonly number[]): number {
  if (differences.length === 0) throw new Error('There is nothing to compare.');
  return Math.max(...differences.map(Math.abs));
}
