import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { apply } from '../../graph/record';
import type { Value } from '../../graph/value';
import { kernel, type OneInput } from '../kernel';
import * as op from '../ops';
import { sigmoid } from '../unary';

interface Gated {
  readonly gate: TensorInfo;
  readonly up: TensorInfo;
}

/** dy (Phi(x) + x phi(x)), with the constants moved to where they cost least. */
function geluGradient(dy: Value, x: Value): Value {
  const like = (n: number) => op.like(x, n);
  const twicePhi = op.add(op.elementwise('Erf')(op.mul(x, like(Math.SQRT1_2))), like(1));
  const density = op.exp(op.mul(op.mul(x, x), like(-0.5)));
  const sum = op.add(twicePhi, op.mul(op.mul(x, like(Math.sqrt(2 / Math.PI))), density));
  return op.mul(op.mul(dy, like(0.5)), sum);
}

function swigluGradient(dy: Value, gate: Value, up: Value): [Value, Value] {
  const s = sigmoid(gate);
  const silu = op.mul(gate, s);
  const slope = op.add(s, op.mul(silu, op.sub(op.like(s, 1), s)));
  return [op.mul(op.mul(dy, up), slope), op.mul(dy, silu)];
}

export const activationKernels: readonly KernelConfig[] = [
  kernel<OneInput>('HalokitGelu', ({ inputs, engine }) => {
    const x = engine.value(inputs.x);
    return engine.tensor(apply('Gelu', [x], x, { domain: 'com.microsoft' }));
  }),
  kernel<OneInput & { readonly dy: TensorInfo }>('HalokitGeluGrad', ({ inputs, engine }) =>
    engine.tensor(geluGradient(engine.value(inputs.dy), engine.value(inputs.x))),
  ),
  kernel<Gated>('HalokitSwiglu', ({ inputs, engine }) => {
    const gate = engine.value(inputs.gate);
    return engine.tensor(op.mul(op.mul(gate, sigmoid(gate)), engine.value(inputs.up)));
  }),
  kernel<Gated & { readonly dy: TensorInfo }>('HalokitSwigluGrad', ({ inputs: { dy, gate, up }, engine }) =>
    swigluGradient(engine.value(dy), engine.value(gate), engine.value(up)).map((value) => engine.tensor(value)),
  ),
];
