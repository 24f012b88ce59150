import { fileURLToPath } from 'node:url';
import type { Options } from '../options';
import { type Contender, compareWithPytorch } from '../train_step/compare';
import type { Plan } from '../train_step/measure_shape';
import { chosenPlans } from '../train_step/plans';
import { report } from '../train_step/report';
import { pythia70m, pythia410m } from '../train_step/shape';

const contender: Contender = {
  name: 'native_engine',
  program: fileURLToPath(new URL('program.ts', import.meta.url)),
};

/** The small model, then a deep one, briefly, for what recording and compiling many layers costs. */
const plans: readonly [Plan, ...Plan[]] = [
  { shape: { name: '70m', ...pythia70m, rows: 4, tokens: 256 }, rounds: 5, steps: 5 },
  { shape: { name: '410m', ...pythia410m, rows: 2, tokens: 256 }, rounds: 2, steps: 3 },
];

/** A training step in plain TensorFlow.js against PyTorch; gives the report's text and everything measured, as JSON. */
export async function nativeEngine(options: Options): Promise<{ text: string; json: unknown }> {
  const { results, rounds } = await compareWithPytorch(contender, chosenPlans(plans, options), options);
  return { text: report(results), json: { ...results, rounds } };
}
