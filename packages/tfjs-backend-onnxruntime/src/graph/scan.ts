import { captured } from './captured';
import { type Body, Node, type Output, recordingBody } from './node';
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

function itemOf({ type, shape }: Value): Output {
  return { type, shape: shape.slice(1) };
}
