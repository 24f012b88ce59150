import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { type BackendName, outcomes } from './both_backends';
import { difference } from './compare';
import type { Case, Row } from './row';

/** Cases computed by one flush: compiled one by one they would take many times as long. */
const together = 32;

export interface Options {
  readonly cases: number;
  readonly seed: number;
  /** What is held against the reference; default: the engine. */
  readonly backend?: BackendName;
  /** The cases that are held against it; default: all. */
  readonly within?: ((each: Case) => boolean) | undefined;
}

/** Checks that the engine agrees with the reference on random cases. @throws Error that shows the smallest case it finds */
export async function checkAgreement(
  row: Row,
  { cases, seed, backend = 'onnxruntime', within = () => true }: Options,
): Promise<void> {
  const drawn = fc.sample(row.cases, { numRuns: cases, seed }).filter(within);
  for (let i = 0; i < drawn.length; i += together) {
    const failure = await firstFailure(row, drawn.slice(i, i + together), backend);
    if (failure === undefined) continue;
    const alone = fc.asyncProperty(row.cases, async (each) => {
      fc.pre(within(each));
      const own = await firstFailure(row, [each], backend);
      if (own) throw own;
    });
    await fc.assert(alone, { numRuns: drawn.length, maxSkipsPerRun: cases, seed, includeErrorInReport: true });
    throw new Error(`${row.kernel}, only with other cases in one graph: ${failure.message}`);
  }
}

async function firstFailure(
  { tolerance }: Row,
  cases: readonly Case[],
  backend: BackendName,
): Promise<Error | undefined> {
  try {
    const actual = await outcomes(backend, cases);
    const expected = await outcomes('cpu', cases);
    for (const [i, each] of cases.entries()) {
      const different = difference(each, actual[i] ?? [], expected[i] ?? [], tolerance);
      if (different !== undefined) return new Error(different);
    }
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The same, and that the cases call the kernel. */
export async function checkRow(row: Row, options: Options): Promise<void> {
  const config = tf.getKernel(row.kernel, options.backend ?? 'onnxruntime');
  const { kernelFunc } = config;
  let calls = 0;
  config.kernelFunc = (call) => {
    calls++;
    return kernelFunc(call);
  };
  try {
    await checkAgreement(row, options);
  } finally {
    config.kernelFunc = kernelFunc;
  }
  if (calls === 0) throw new Error(`No case calls ${row.kernel}.`);
}
