// Where a graphics processor may be further from the reference than the processor: what the WebGPU Shading Language promises of
// its functions (its section "Floating Point Accuracy"), and what follows for formulas that call them.
import * as fc from 'fast-check';
import type { Case, Row } from './row';
import type { Tolerance } from './tolerance';

interface Leeway {
  readonly rows: readonly string[];
  /** In place of the row's own. */
  readonly tolerance?: Tolerance;
  /** Where the function is held against the reference; default: for every finite number. */
  readonly domain?: (x: number) => boolean;
  readonly because: string;
}

const halfTurn = (x: number) => Math.abs(x) <= 3;
const squareIsFinite = (x: number) => Math.abs(x) < 2 ** 60;

/** 2^-21 for a logarithm near 1, and the last digits of what it is multiplied by. */
const logarithm = { relative: 2e-5, absolute: 2 ** -20 };

const leeways: readonly Leeway[] = [
  {
    rows: ['Sin', 'Cos', 'sin', 'cos'],
    tolerance: { absolute: 2 ** -10 },
    domain: halfTurn,
    because: 'right to 2^-11 from -pi to pi, to nothing elsewhere; gradients multiply by up to 3',
  },
  {
    rows: ['Asin', 'Acos'],
    tolerance: { relative: 2 ** -11, absolute: 7e-5 },
    because: 'right to 6.8e-5, or as far as atan2 is',
  },
  {
    rows: ['Atan', 'Atan2', 'atan', 'atan2'],
    tolerance: { relative: 2 ** -11 },
    because: 'right to 4096 units in the last place',
  },
  {
    rows: ['Acosh', 'Asinh'],
    tolerance: { relative: 2e-5, absolute: 5e-4 },
    domain: squareIsFinite,
    because: 'log(x + sqrt(x^2 -+ 1)): the root of a difference that cancels at 1, and a square that overflows',
  },
  { rows: ['Atanh'], tolerance: logarithm, because: 'log((1 + x) / (1 - x)) / 2' },
  {
    rows: ['Tanh', 'tanh'],
    tolerance: { relative: 2e-5, absolute: 1e-5 },
    because: 'right to 1e-5',
  },
  {
    rows: ['Sinh', 'Cosh', 'sinh', 'cosh'],
    tolerance: { relative: 5e-5, absolute: 1e-5 },
    because: '(exp(x) -+ exp(-x)) / 2, of which exp is right to 3 + 2 |x| units in the last place',
  },
  {
    rows: ['Expm1', 'Elu', 'Selu', 'Log1p'],
    tolerance: logarithm,
    because: 'formulas with a logarithm near 1, which is right to 2^-21',
  },
  {
    rows: ['Erf'],
    tolerance: { absolute: 2e-6 },
    because: "the runtime's formula for it is right to 1.5e-7, before rounding",
  },
];

/**
 * A row as a graphics processor is held to it: with its own tolerance, and without what is not finite. Shaders may be
 * compiled as if no number were NaN or infinite, so what comes of those is anybody's guess.
 */
export function onDevice({ kernel, cases, tolerance }: Row): Row {
  const { domain = Number.isFinite, tolerance: own } = leeways.find(({ rows }) => rows.includes(kernel)) ?? {};
  return {
    kernel,
    cases: cases.map((each) => within(each, kernel, domain)),
    tolerance: { ...(own ?? tolerance), finiteOnly: true },
  };
}

/** The case with 1 for numbers outside of a domain. */
function within({ inputs, attributes, run }: Case, kernel: string, domain: (x: number) => boolean): Case {
  const held = inputs.map((input) => ({ ...input, values: input.values.map((x) => (domain(x) ? x : 1)) }));
  return {
    inputs: held,
    attributes,
    run,
    [fc.toStringMethod]: () => `${kernel}(${fc.stringify(held)}, ${fc.stringify(attributes)})`,
  } as Case;
}
