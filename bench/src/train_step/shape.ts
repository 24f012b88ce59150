import { InputError } from '../input_error';

/** A transformer of Pythia's architecture and the batch it is trained on. */
export interface Shape {
  readonly name: string;
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly vocabulary: number;
  readonly rows: number;
  /** Tokens in a row. */
  readonly tokens: number;
  /** Rows that go through the model together, their gradients summed before the update; all where it is not said. */
  readonly microbatchRows?: number;
}

const vocabulary = 50304;

/** Pythia's sizes. */
export const pythia70m = { layers: 6, width: 512, heads: 8, vocabulary } as const;
export const pythia410m = { layers: 24, width: 1024, heads: 16, vocabulary } as const;

/** Every size of Pythia but the largest has heads of 64. */
const headSize = 64;

/**
 * A shape by its name, or written out: layers x width, then if it matters x vocabulary, then @ rows x tokens, and / the
 * rows of a microbatch.
 *
 * @param known the shapes that have a name
 * @throws InputError for anything else
 * @example
 * parseShape('24x256x50304@8x256/2', []);
 */
export function parseShape(text: string, known: readonly Shape[]): Shape {
  const named = known.find(({ name }) => name === text);
  if (named) return named;
  const [, ...numbers] = /^(\d+)x(\d+)(?:x(\d+))?(?:@(\d+)x(\d+)(?:\/(\d+))?)?$/.exec(text) ?? [];
  const [layers = 0, width = 0, words = vocabulary, rows = 4, tokens = 256, microbatchRows] = numbers.map((digits) =>
    digits === undefined ? undefined : Number(digits),
  );
  if ([layers, width, words, rows, tokens, microbatchRows].includes(0) || width % headSize !== 0) {
    const names = known.map(({ name }) => name).join(', ');
    throw new InputError(
      `--shape ${text} is none of ${names}, nor written as 24x256 or 24x256x50304@8x256/2: ` +
        `layers x width (a multiple of ${headSize}) x vocabulary @ rows x tokens / rows of a microbatch.`,
    );
  }
  if (microbatchRows !== undefined && microbatchRows > rows)
    throw new InputError(`--shape ${text} has microbatches of ${microbatchRows} rows, but only ${rows} rows a step.`);
  const size = { layers, width, heads: width / headSize, vocabulary: words };
  return { name: text, ...size, rows, tokens, ...(microbatchRows !== undefined && { microbatchRows }) };
}

/** Tokens that one step trains on. */
export function tokensPerStep({ rows, tokens }: Shape): number {
  return rows * tokens;
}

/** How many numbers the model holds: both vocabulary matrices, 12 width^2 + 13 width a layer, the last norm. */
export function parameterCount({ layers, width, vocabulary }: Shape): number {
  return 2 * vocabulary * width + layers * (12 * width ** 2 + 13 * width) + 2 * width;
}

/**
 * Arithmetic that a training step cannot do without, in floating-point operations: for each token 6 a parameter (2
 * forward, 4 backward; the input embedding is only looked up) and 12 x layers x positions x width for attention.
 *
 * Source: Chowdhery et al., "PaLM", appendix B, which counts hidden positions too, as both programs compute them.
 */
export function usefulFlops(shape: Shape): number {
  const multiplied = parameterCount(shape) - shape.vocabulary * shape.width;
  return tokensPerStep(shape) * (6 * multiplied + 12 * shape.layers * shape.tokens * shape.width);
}

/** What training takes at most, roughly: weights, gradients, two copies of the optimiser's state and activations. */
export function memoryNeeded(shape: Shape): number {
  return 28 * parameterCount(shape);
}
