import { lacks } from '../binding/environment';
import { captured } from './captured';
import { type Body, Node, type Output, recordingBody } from './node';
import { apply, int64s, reshape } from './record';
import { Value } from './value';

interface Step {
  readonly states: readonly Value[];
  /** What this step adds to each list of results. */
  readonly results: readonly Value[];
}

interface ScanOptions {
  /** Lists of results, each in the place of a list that is read: they may take over its memory. */
  readonly overwrites?: ReadonlyMap<number, number>;
}

/**
 * Goes through lists step by step, as ONNX's `Scan` does: each step gets the states and one item of every list, without a
 * copy, and hands on new states and an item of every result. What one step makes stays in the processor's caches.
 *
 * @param lists values whose first axis is gone through, all of one length
 * @returns the last states and the lists of results
 */
export function scan(
  states: readonly Value[],
  lists: readonly Value[],
  step: (states: readonly Value[], items: readonly Value[]) => Step,
  { overwrites = new Map() }: ScanOptions = {},
): { states: readonly Value[]; results: readonly Value[] } {
  const length = lists[0]?.shape[0] as number;
  if (lacks('Scan')) return unrolled(length, states, lists, step);
  const inputs = [...states, ...lists.map(itemOf)].map(({ type, shape }) => new Value(type, shape));
  const { nodes, result } = recordingBody(() => step(inputs.slice(0, states.length), inputs.slice(states.length)));
  const body: Body = { inputs, nodes, outputs: [...result.states, ...result.results] };
  const outputs: Output[] = [
    ...states,
    ...result.results.map(({ type, shape }) => ({ type, shape: [length, ...shape] })),
  ];
  const shift = states.length;
  const node = new Node('Scan', [...states, ...lists, ...captured(body)], outputs, {
    attributes: { num_scan_inputs: lists.length },
    body,
    overwrites: new Map([...overwrites].map(([output, input]) => [output + shift, input + shift])),
  });
  return { states: node.outputs.slice(0, shift), results: node.outputs.slice(shift) };
}

/** Step after step, where a device cannot repeat. */
function unrolled(
  length: number,
  states: readonly Value[],
  lists: readonly Value[],
  step: (states: readonly Value[], items: readonly Value[]) => Step,
): { states: readonly Value[]; results: readonly Value[] } {
  const steps: Step[] = [];
  for (let i = 0; i < length; i++) {
    const items = lists.map((list) => reshape(rowsFrom(list, i, 1), list.shape.slice(1)));
    steps.push(step(steps.at(-1)?.states ?? states, items));
  }
  const results = (steps[0] as Step).results.map((_, r) =>
    joined(steps.map(({ results }) => reshape(results[r] as Value, [1, ...(results[r] as Value).shape]))),
  );
  return { states: (steps.at(-1) as Step).states, results };
}

function itemOf({ type, shape }: Value): Output {
  return { type, shape: shape.slice(1) };
}

function rowsFrom(list: Value, start: number, count: number): Value {
  const places = [[start], [start + count], [0]].map(int64s);
  return apply('Slice', [list, ...places], { type: list.type, shape: [count, ...list.shape.slice(1)] });
}

function joined(rows: readonly Value[]): Value {
  const [{ type, shape }] = rows as [Value];
  return apply('Concat', rows, { type, shape: [rows.length, ...shape.slice(1)] }, { attributes: { axis: 0 } });
}
