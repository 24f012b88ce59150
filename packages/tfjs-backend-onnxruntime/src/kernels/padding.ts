import type { KernelConfig } from '@tensorflow/tfjs-core';
import { apply, constant, int64s } from '../graph/record';
import type { Value } from '../graph/value';
import { kernel, type OneInput } from './kernel';
import * as op from './ops';

/** Positions along an axis when its ends are mirrored, with or without the outermost itself. */
function mirrored(size: number, [before, after]: [number, number], mode: 'reflect' | 'symmetric'): number[] {
  const offset = mode === 'reflect' ? 0 : 1;
  return Array.from({ length: before + size + after }, (_, i) => {
    const place = i - before;
    if (place < 0) return -place - offset;
    return place >= size ? 2 * (size - 1) - place + offset : place;
  });
}

function gatherAlong(x: Value, axis: number, places: readonly number[]): Value {
  const shape = x.shape.map((n, i) => (i === axis ? places.length : n));
  const indices = constant(BigInt64Array.from(places, BigInt), 'int64', [places.length]);
  return apply('Gather', [x, indices], { type: x.type, shape }, { attributes: { axis } });
}

type Paddings = readonly (readonly [number, number])[];

export const paddingKernels: readonly KernelConfig[] = [
  kernel<OneInput, { paddings: Paddings; constantValue: number }>('PadV2', ({ inputs, attrs, engine }) => {
    const x = engine.value(inputs.x);
    const shape = x.shape.map((n, i) => n + (attrs.paddings[i]?.[0] ?? 0) + (attrs.paddings[i]?.[1] ?? 0));
    return engine.tensor(
      op.orEmpty(shape, x.type, () => op.pad(x, attrs.paddings, attrs.constantValue)),
      shape,
    );
  }),
  kernel<OneInput, { paddings: [number, number][]; mode: 'reflect' | 'symmetric' }>(
    'MirrorPad',
    ({ inputs, attrs, engine }) => {
      const padded = attrs.paddings.reduce((x, padding, axis) => {
        if (padding[0] === 0 && padding[1] === 0) return x;
        return gatherAlong(x, axis, mirrored(x.shape[axis] as number, padding, attrs.mode));
      }, engine.value(inputs.x));
      return engine.tensor(padded);
    },
  ),
  kernel<OneInput, { reps: number[] }>('Tile', ({ inputs, attrs, engine }) => {
    const x = engine.value(inputs.x);
    const shape = x.shape.map((n, i) => n * (attrs.reps[i] as number));
    return engine.tensor(
      op.orEmpty(shape, x.type, () =>
        shape.length === 0 ? x : apply('Tile', [x, int64s(attrs.reps)], { type: x.type, shape }),
      ),
      shape,
    );
  }),
];
