import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { anyOf, tensorOf } from '../inputs';
import { type Arguments, type Row, row } from '../row';
import { moderate } from '../values';

interface Resize {
  readonly size: [number, number];
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

const side = fc.integer({ min: 1, max: 6 });
const cancelled = { absolute: 2e-5, because: 'differences of float32 numbers, of up to 10, cancel' };

/** Corners are aligned or centers halved, not both. */
const resizes: fc.Arbitrary<Arguments<Resize>> = fc
  .record({
    batch: fc.integer({ min: 1, max: 2 }),
    from: fc.tuple(side, side),
    size: fc.tuple(side, side),
    channels: fc.integer({ min: 1, max: 3 }),
    way: fc.nat(2),
  })
  .chain(({ batch, from, size, channels, way }) =>
    fc
      .tuple(
        tensorOf([batch, ...from, channels], 'float32', moderate()),
        tensorOf([batch, ...size, channels], 'float32', moderate()),
      )
      .map((inputs) => ({ inputs, size, alignCorners: way === 1, halfPixelCenters: way === 2 })),
  );

type Images = tf.Tensor4D;

const bilinear = (x: tf.Tensor, { size, alignCorners, halfPixelCenters }: Resize) =>
  tf.image.resizeBilinear(x as Images, size, alignCorners, halfPixelCenters);
const nearest = (x: tf.Tensor, { size, alignCorners, halfPixelCenters }: Resize) =>
  tf.image.resizeNearestNeighbor(x as Images, size, alignCorners, halfPixelCenters);

function resize(kernel: string, resized: typeof bilinear): Row {
  return row(kernel, resizes, ([x], how) => resized(x as tf.Tensor, how), cancelled);
}

/**
 * cpu's gradient knows no halved centers, takes the height for the width, never comes to an end for a single row with
 * its corners aligned, and reads past the gradients of the second image.
 */
function gradient(kernel: string, resized: typeof bilinear): Row {
  const calls = resizes
    .filter(({ inputs: [x] }) => x?.shape[0] === 1 && x.shape[1] === x.shape[2])
    .map((call) => ({
      ...call,
      alignCorners: call.alignCorners && call.inputs[0]?.shape[1] !== 1,
      halfPixelCenters: false,
    }));
  return row(
    kernel,
    calls,
    ([x, dy], how) => tf.grad((a) => resized(a, how))(x as tf.Tensor, dy as tf.Tensor),
    cancelled,
  );
}

/** Positions by blocks, which, when padded, divide them. */
const blocks = fc
  .record({
    batch: fc.integer({ min: 1, max: 2 }),
    block: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 2 }),
    times: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 2 }),
    before: fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 2, maxLength: 2 }),
    channels: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 1 }),
  })
  .map(({ batch, block, times, before, channels }) => {
    const whole = block.map((n, axis) => n * (times[axis] as number));
    const cut = whole.map((n, axis) => Math.min(n - 1, before[axis] as number));
    const sides = cut.map((n) => [n, 0]);
    return {
      batch,
      block,
      sides,
      small: whole.map((n, axis) => n - (cut[axis] as number)),
      times: times.slice(0, block.length),
      channels,
    };
  });

const toBatch = blocks.chain(({ batch, block, sides, small, channels }) =>
  anyOf([batch, ...small, ...channels]).map((x) => ({ inputs: [x], block, sides })),
);
const fromBatch = blocks.chain(({ batch, block, sides, times, channels }) =>
  anyOf([batch * block.reduce((n, b) => n * b, 1), ...times, ...channels]).map((x) => ({ inputs: [x], block, sides })),
);

export const imageRows: readonly Row[] = [
  resize('ResizeBilinear', bilinear),
  resize('ResizeNearestNeighbor', nearest),
  gradient('ResizeBilinearGrad', bilinear),
  gradient('ResizeNearestNeighborGrad', nearest),
  row('SpaceToBatchND', toBatch, ([x], { block, sides }) => tf.spaceToBatchND(x as tf.Tensor, block, sides)),
  row('BatchToSpaceND', fromBatch, ([x], { block, sides }) => tf.batchToSpaceND(x as tf.Tensor, block, sides)),
];
