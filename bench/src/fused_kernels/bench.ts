import { fileURLToPath } from 'node:url';
import { childLines } from '../child_lines';
import { digits, megabytes } from '../numbers';
import type { Options } from '../options';
import { progress } from '../progress';
import { ourCommand } from '../train_step/commands';
import { type Contender, compareWithPytorch } from '../train_step/compare';
import type { Plan } from '../train_step/measure_shape';
import { chosenPlans } from '../train_step/plans';
import { pythia70m, pythia410m } from '../train_step/shape';
import { type LogpMemory, logpBytes } from './logp_memory';
import { bestRate, betterRates, type MatmulRate } from './matmul_rate';
import { type EngineResults, report } from './report';

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const contender: Contender = { name: 'fused_kernels', program: file('program.ts'), profileSteps: 3 };

/** The small model in one batch, then a large one in microbatches, briefly. */
const plans: readonly [Plan, ...Plan[]] = [
  { shape: { name: '70m', ...pythia70m, rows: 4, tokens: 256 }, rounds: 5, steps: 5 },
  { shape: { name: '410m', ...pythia410m, rows: 8, tokens: 256, microbatchRows: 2 }, rounds: 2, steps: 2 },
];

/**
 * A training step with halokit's models and trainer against PyTorch, and how the native backend spends it; gives the
 * report's text and everything measured, as JSON.
 */
export async function fusedKernels(options: Options): Promise<{ text: string; json: unknown }> {
  const chosen = chosenPlans(plans, options);
  if (options.backend !== 'onnxruntime') {
    const { results, rounds } = await compareWithPytorch(contender, chosen, options);
    return { text: report(results), json: { ...results, rounds } };
  }
  // Before and after the steps, so that a slow spell of the machine is not taken for its limit.
  const before = await matmulRates();
  const { results, rounds } = await compareWithPytorch(contender, chosen, options);
  const logpMemory = await measured('log-probability memory', 'logp_memory_program.ts', (memory: LogpMemory) =>
    megabytes(logpBytes(memory)),
  );
  const engine: EngineResults = { matmul: betterRates(before, await matmulRates()), logpMemory };
  return { text: report(results, engine), json: { ...results, ...engine, rounds } };
}

async function matmulRates(): Promise<MatmulRate[]> {
  const inWords = ({ rates }: { rates: MatmulRate[] }) => `${digits(bestRate(rates).gigaflops)} GFLOP/s at best`;
  return (await measured('square MatMul', 'matmul_program.ts', inWords)).rates;
}

/** What a program of ours says in its only line. */
async function measured<T>(label: string, program: string, inWords: (message: T) => string): Promise<T> {
  const line = progress(label);
  line.update('measuring');
  const command = ourCommand(file(program));
  const messages: T[] = [];
  await childLines({ ...command, args: ['--expose-gc', ...command.args] }, (message) => messages.push(message as T));
  const [message] = messages;
  if (message === undefined) throw new Error(`${program} said nothing.`);
  line.end(inWords(message));
  return message;
}
