import { expect, test } from 'vitest';
import { Node } from './node';
import { apply } from './record';
import { updatesForward } from './updates';
import { Value } from './value';

const like = { type: 'float32', shape: [1 << 15] } as const;
const sources = ({ inputs }: Node) => inputs;

/** Numbers that are there. */
function ready(): Value {
  const value = new Value(like.type, like.shape);
  value.host = new Float32Array(1 << 15);
  return value;
}

const made = (op: string, ...inputs: Value[]): Value => apply(op, inputs, like);
const nodeOf = (value: Value): Node => value.node as Node;
const step = (weight: Value, gradient: Value): Node =>
  new Node('Scan', [weight, gradient], [like], { overwrites: new Map([[0, 0]]) });

test('an update goes behind what makes its gradient and what last reads its weight', () => {
  const [w0, w1, x] = [ready(), ready(), ready()];
  const g1 = made('Gemm', x, x);
  const dx = made('Gemm', g1, w1);
  const g0 = made('Gemm', dx, x);
  const [u1, u0] = [step(w1, g1), step(w0, g0)];
  const [n1, n2, n3] = [g1, dx, g0].map(nodeOf) as [Node, Node, Node];
  expect(updatesForward([[n1], [n2], [n3], [u1, u0]], sources)).toEqual([[n1], [n2], [u1], [n3], [u0]]);
});

test('a step behind a sum follows the sum', () => {
  const [sum, w, x] = [ready(), ready(), ready()];
  const gradient = made('Gemm', x, x);
  const rest = made('Exp', x);
  const total = made('Add', sum, gradient);
  const update = step(w, total);
  const [first, second] = [nodeOf(gradient), nodeOf(rest)];
  const order = updatesForward([[first], [second], [nodeOf(total), update]], sources);
  expect(order).toEqual([[first], [nodeOf(total), update], [second]]);
});

test('what is no update stays: sums of two new arrays, and small ones', () => {
  const x = ready();
  const [a, b] = [made('Exp', x), made('Neg', x)];
  const sum = made('Add', a, b);
  const parts = [[nodeOf(a)], [nodeOf(b)], [nodeOf(made('Sqrt', x))], [nodeOf(sum)]];
  expect(updatesForward(parts, sources)).toEqual(parts);
});
