import { table } from '@halokit/evaluation';
import { digits, megabytes } from '../numbers';
import { closingParts, type MeasuredShape, type Results, shapePart } from '../train_step/report';
import { gradientBytes, type LogpMemory, logitsBytes, logpBytes } from './logp_memory';
import { bestRate, type MatmulRate } from './matmul_rate';
import { profileTable } from './profile';

/** What only the native backend is asked. */
export interface EngineResults {
  readonly matmul: readonly MatmulRate[];
  readonly logpMemory: LogpMemory;
}

/** The results as a person reads them. */
export function report(results: Results, engine?: EngineResults): string {
  const parts = results.shapes.flatMap((measured) => [
    [shapePart(measured, results.backend), ...(engine ? [shareLine(measured, engine)] : [])].join('\n'),
    ...profilePart(measured),
  ]);
  if (engine) parts.push(matmulPart(engine.matmul), memoryPart(engine.logpMemory));
  return [...parts, ...closingParts(results)].join('\n\n');
}

function shareLine({ summary }: MeasuredShape, { matmul }: EngineResults): string {
  const best = bestRate(matmul).gigaflops;
  const { gigaflops } = summary.ours;
  const share = ((100 * gigaflops) / best).toFixed(1);
  return `Useful arithmetic: ${digits(gigaflops)} GFLOP/s, ${share} % of ONNX Runtime's best square MatMul, ${digits(best)}.`;
}

function profilePart({ shape, summary: { profile } }: MeasuredShape): string[] {
  return profile ? [`Where a step of ${shape.name} goes, by ONNX Runtime's profiler\n\n${profileTable(profile)}`] : [];
}

function matmulPart(rates: readonly MatmulRate[]): string {
  const sizes = [...new Set(rates.map(({ size }) => size))];
  const rate = (size: number, transposed: boolean) =>
    digits(rates.find((one) => one.size === size && one.transposed === transposed)?.gigaflops ?? Number.NaN);
  const rows = sizes.map((size) => [`${size} x ${size}`, rate(size, false), rate(size, true)]);
  const header = ['square MatMul, GFLOP/s', 'A B', 'A B^T'];
  return table(header, rows);
}

function memoryPart(memory: LogpMemory): string {
  const { tokens, vocabulary, width } = memory;
  return [
    `log-probability memory: ${megabytes(logpBytes(memory))} above weights and inputs, for ${tokens} tokens, vocabulary ` +
      `${vocabulary} and width ${width}, gradient included.`,
    `The gradients are ${megabytes(gradientBytes(memory))} of it; all logits at once would be ${megabytes(logitsBytes(memory))}.`,
  ].join('\n');
}
