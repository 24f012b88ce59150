import * as fc from 'fast-check';
import { attentionCall } from './attention_calls';
import { type Call, geluCall, labelLogpsCall, layerNormCall, rmsNormCall, rotaryCall, swigluCall } from './fused_calls';

/** A fused operation, its kernels, and random calls of it. Calls are described by few numbers, which a failure shows. */
export interface Operation {
  readonly kernels: readonly string[];
  readonly calls: fc.Arbitrary<Call>;
}

const seed = fc.integer({ min: 0, max: 1e6 });
const few = fc.integer({ min: 1, max: 3 });
const width = fc.constantFrom(1, 2, 3, 7, 16, 64, 65);
/** Rank 2 to 4; one row and one token among them. */
const shape = fc.tuple(fc.array(few, { minLength: 1, maxLength: 3 }), width).map(([rows, last]) => [...rows, last]);

/** Rows around 0, rows with a mean, and rows that are nearly or entirely constant. */
const row = fc.constantFrom(
  { mean: 0, spread: 1 },
  { mean: 3, spread: 100 },
  { mean: 1000, spread: 1 },
  { mean: 1000, spread: 0.01 },
  { mean: 1000.1, spread: 0 },
  { mean: 0, spread: 1e-4 },
);
const norms = fc.record({ seed, shape, row }).map(({ row, ...rest }) => ({ ...rest, ...row }));

const activations = fc.record({ seed, shape, spread: fc.constantFrom(1, 4, 1e4) });

const rotations = fc
  .record({ rows: few, heads: few, tokens: fc.integer({ min: 1, max: 9 }), half: fc.constantFrom(1, 3, 8, 32) })
  .chain(({ rows, heads, tokens, half }) => {
    const list = fc.array(fc.nat(2047), { minLength: tokens, maxLength: tokens });
    return fc.record({
      seed,
      rotated: fc.constant(2 * half),
      shape: fc.constantFrom(0, 2, 6 * half).map((rest) => [rows, heads, tokens, 2 * half + rest] as const),
      positions: fc.oneof(...[1, rows].map((n) => fc.array(list, { minLength: n, maxLength: n }))),
    });
  });

const attentions = fc.record({
  seed,
  rows: few,
  groups: few,
  perGroup: few,
  queries: fc.integer({ min: 1, max: 9 }),
  past: fc.constantFrom(0, 0, 1, 5),
  size: fc.constantFrom(1, 3, 8, 64),
  scores: fc.constantFrom('ordinary', 'wide', 'around -1e5'),
  mask: fc.constantFrom('none', 'causal', 'padded', 'tree', 'by head'),
});

/** Kernels cut large vocabularies into blocks: equal ones where a divisor lets them, else with a rest. */
const vocabularies = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(1, 7, 97, 2 * 3 * 131, 1000) },
  { weight: 1, arbitrary: fc.constantFrom(8209, 9000, 2 * 8209) },
);

const labelled = fc
  .record({ states: fc.constantFrom(1, 2, 7), vocabulary: vocabularies })
  .chain(({ states, vocabulary }) => {
    const label = fc.oneof(fc.constantFrom(0, vocabulary - 1), fc.nat(vocabulary - 1));
    return fc.record({
      seed,
      vocabulary: fc.constant(vocabulary),
      labels: fc.array(label, { minLength: states, maxLength: states }),
      width: fc.constantFrom(1, 3, 16),
      spread: fc.constantFrom(0.1, 1, 30),
    });
  });

function operation<D>(
  kernels: readonly string[],
  descriptions: fc.Arbitrary<D>,
  call: (described: D) => Call,
): Operation {
  return {
    kernels,
    calls: descriptions.map((described) => ({
      ...call(described),
      [fc.toStringMethod]: () => fc.stringify(described),
    })),
  };
}

const withGradient = (name: string) => [name, `${name}Grad`];

export const operations: Readonly<Record<string, Operation>> = {
  layerNorm: operation(withGradient('HalokitLayerNorm'), norms, layerNormCall),
  rmsNorm: operation(withGradient('HalokitRmsNorm'), norms, rmsNormCall),
  gelu: operation(withGradient('HalokitGelu'), activations, geluCall),
  swiglu: operation(withGradient('HalokitSwiglu'), activations, swigluCall),
  rotary: operation(['HalokitRotary'], rotations, rotaryCall),
  attention: operation(withGradient('HalokitAttention'), attentions, attentionCall),
  labelLogps: operation(withGradient('HalokitLabelLogps'), labelled, labelLogpsCall),
};
