import { table } from '@halokit/evaluation';
import type { Machine } from '../machine';
import { digits, gigabytes, spread } from '../numbers';
import type { Plan } from './measure_shape';
import { parameterCount, type Shape, tokensPerStep } from './shape';
import type { ProgramSummary, Recording, ShapeSummary } from './summarise';
import type { Trial, Tuning } from './tune_peer';

export type MeasuredShape = Plan & { readonly summary: ShapeSummary };

/** Where and with what it was measured. */
export interface Circumstances {
  readonly threads: number;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  /** PyTorch's settings that were tried, and those it was measured with; undefined without PyTorch. */
  readonly tuning?: Tuning;
}

/** Everything a report says, and with the raw rounds everything the JSON file holds. */
export interface Results extends Circumstances {
  readonly bench: string;
  readonly date: string;
  readonly backend: string;
  readonly shapes: readonly MeasuredShape[];
}

/** The results as a person reads them. */
export function report(results: Results): string {
  const shapes = results.shapes.map((measured) => shapePart(measured, results.backend));
  return [...shapes, ...closingParts(results)].join('\n\n');
}

/** How PyTorch was measured, and where. @param fastest what a try of its settings gave */
export function closingParts(
  { machine, versions, tuning, threads }: Circumstances,
  fastest = 'fastest step, s',
): string[] {
  const memory = gigabytes(machine.memoryBytes);
  const isa = machine.features.filter((name) => /^(avx2|avx512f|avx512_bf16|amx_.*|asimd|sve)$/.test(name));
  return [
    ...(tuning ? [tuningPart(tuning, fastest)] : []),
    [
      `Machine: ${[machine.cpu, `${machine.cores} cores`, memory, machine.system, ...isa].join(', ')}; ${threads} threads for PyTorch.`,
      `Versions: ${Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', ')}.`,
    ].join('\n'),
  ];
}

/** What other programs may take of the processor before the report warns of it. */
const quiet = 0.05;

/** Times, rates and memory of both programs on one shape. */
export function shapePart({ shape, rounds, steps, summary }: MeasuredShape, backend: string): string {
  const row = (name: string, program: ProgramSummary) => [
    name,
    spread(program.secondsPerStep),
    digits(program.tokensPerSecond),
    digits(program.gigaflops),
    gigabytes(program.peakBytes),
  ];
  const rows = [row(`halokit, ${backend}`, summary.ours)];
  for (const peer of summary.peers) rows.push(row(peer.name, peer));
  const lines = [
    title(shape),
    `${rounds} rounds of ${steps} timed steps; median (least to greatest).`,
    '',
    table(['', 'seconds a step', 'tokens/s', 'GFLOP/s', 'peak memory'], rows),
    '',
  ];
  for (const { name, ratio } of summary.peers) lines.push(`${name}: ${spread(ratio)} times halokit's time, by round.`);
  // A backend that computes at once has nothing to record or compile.
  if (backend === 'onnxruntime') lines.push(...recordingLines(summary.recording));
  if (summary.othersShare > quiet)
    lines.push(
      `Other programs took up to ${(100 * summary.othersShare).toFixed(0)} % of the processor during a run: ` +
        'measure again on a quiet machine.',
    );
  return lines.join('\n').trimEnd();
}

function title(shape: Shape): string {
  const { layers, width, heads, vocabulary, rows, tokens, microbatchRows = rows } = shape;
  const count = `${digits(parameterCount(shape) / 1e6)} M parameters`;
  const size = `${layers} layers, width ${width}, ${heads} heads, vocabulary ${vocabulary}`;
  const parts = microbatchRows < rows ? `, in microbatches of ${microbatchRows * tokens}` : '';
  return `${shape.name} (${count}: ${size}), ${rows} x ${tokens} = ${tokensPerStep(shape)} tokens a step${parts}`;
}

function recordingLines({ secondsPerStep, share, firstStepExtra, engine }: Recording): string[] {
  const lines = [
    `Recording: ${spread(secondsPerStep, ' s')} of each step, ${(100 * share).toFixed(1)} % of it.`,
    `The first step takes ${spread(firstStepExtra, ' s')} longer than a later one.`,
  ];
  if (engine) {
    const { compileMs, compiles, planMs, flushes } = engine;
    lines.push(
      `Compiling: ${digits(compileMs / 1000)} s for ${compiles} graphs in a whole run. ` +
        `Planning: ${digits(planMs / 1000 / flushes)} s a flush.`,
    );
  }
  return lines;
}

function tuningPart({ trials, usual, best }: Tuning, fastest: string): string {
  const variables = ({ env }: Trial) =>
    Object.entries(env)
      .map(([name, value]) => `${name}=${value}`)
      .join(' ') || 'no settings';
  const rows = trials.map((trial) => [trial.name, digits(trial.fastest), gigabytes(trial.peakBytes)]);
  const tuned = best === usual ? '' : `, and tuned with ${variables(best)}`;
  return `PyTorch was measured with ${variables(usual)}${tuned}: what was tried\n\n${table(['', fastest, 'peak memory'], rows)}`;
}
