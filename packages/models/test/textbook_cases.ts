import { type AttentionCall, attentionCall } from './attention_calls';
import * as calls from './fused_calls';
import * as textbook from './textbook';

type Values = readonly (readonly number[])[];
type ExactCase = readonly [name: string, call: calls.Call, textbook: (inputs: Values) => readonly number[]];

const rowsOf = textbook.rowsOf;
const numbers = (x: Values, i: number) => x[i] as readonly number[];

const norm = { seed: 1, shape: [2, 3, 5], mean: 1, spread: 2 };
const activation = { seed: 2, shape: [3, 7], spread: 2 };

const layerNorm = (x: Values) =>
  rowsOf(numbers(x, 0), 5).flatMap((row) => textbook.layerNorm(row, numbers(x, 1), numbers(x, 2), calls.epsilon));
const rmsNorm = (x: Values) =>
  rowsOf(numbers(x, 0), 5).flatMap((row) => textbook.rmsNorm(row, numbers(x, 1), calls.epsilon));
const swiglu = (x: Values) => numbers(x, 0).map((gate, i) => textbook.swiglu(gate, numbers(x, 1)[i] as number));

function rotary(call: calls.RotaryCall): ExactCase[2] {
  const [, heads, tokens, size] = call.shape;
  const position = (head: number) => {
    const row = Math.floor(head / heads / tokens);
    return call.positions[call.positions.length === 1 ? 0 : row]?.[head % tokens] as number;
  };
  return (x) =>
    rowsOf(numbers(x, 0), size).flatMap((head, i) => textbook.rotary(head, position(i), call.rotated, 10000));
}

/** For causal masks. */
function attention({ groups, perGroup, queries, past, size }: AttentionCall): ExactCase[2] {
  return ([q, k, v]) => {
    const [keys, values] = [k, v].map((x) =>
      rowsOf(x as number[], (queries + past) * size).map((x) => rowsOf(x, size)),
    );
    return rowsOf(q as number[], size).flatMap((query, i) => {
      const head = Math.floor(i / queries);
      const group =
        Math.floor(head / (groups * perGroup)) * groups + Math.floor((head % (groups * perGroup)) / perGroup);
      const sees = (key: number) => key <= past + (i % queries);
      return textbook.attend(query, keys?.[group] ?? [], values?.[group] ?? [], sees);
    });
  };
}

function labelLogps({ width, labels }: calls.LabelCall): ExactCase[2] {
  return ([hidden, vocabulary]) =>
    rowsOf(hidden as number[], width).map((state, i) =>
      textbook.labelLogp(state, rowsOf(vocabulary as number[], width), labels[i] as number),
    );
}

const partial: calls.RotaryCall = {
  seed: 3,
  shape: [2, 2, 3, 6],
  rotated: 4,
  positions: [
    [5, 6, 9],
    [0, 1, 700],
  ],
};
const whole: calls.RotaryCall = { seed: 4, shape: [2, 1, 3, 4], rotated: 4, positions: [[7, 8, 2000]] };
const grouped: AttentionCall = {
  seed: 5,
  rows: 2,
  groups: 2,
  perGroup: 2,
  queries: 3,
  past: 1,
  size: 3,
  scores: 'ordinary',
  mask: 'causal',
};
const labelled: calls.LabelCall = { seed: 6, width: 3, vocabulary: 7, labels: [2, 6, 2, 0], spread: 1 };

/** Calls in float64 and what they should give. */
export const exactCases: readonly ExactCase[] = [
  ['layerNorm', calls.layerNormCall(norm), layerNorm],
  ['layerNorm of nearly constant rows', calls.layerNormCall({ ...norm, spread: 1e-3 }), layerNorm],
  ['rmsNorm', calls.rmsNormCall(norm), rmsNorm],
  ['rmsNorm near 0', calls.rmsNormCall({ ...norm, mean: 0, spread: 1e-3 }), rmsNorm],
  ['gelu', calls.geluCall(activation), (x) => numbers(x, 0).map(textbook.gelu)],
  ['geluTanh', calls.geluTanhCall(activation), (x) => numbers(x, 0).map(textbook.geluTanh)],
  ['swiglu', calls.swigluCall(activation), swiglu],
  ['rotary, partial, with positions by row', calls.rotaryCall(partial), rotary(partial)],
  ['rotary of whole heads', calls.rotaryCall(whole), rotary(whole)],
  ['attention', attentionCall(grouped), attention(grouped)],
  ['labelLogps', calls.labelLogpsCall(labelled), labelLogps(labelled)],
];
