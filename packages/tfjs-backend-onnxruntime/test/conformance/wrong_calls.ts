import * as tf from '@tensorflow/tfjs';

/** A call that must throw when it is made, not when its result is read. */
export interface WrongCall {
  readonly what: string;
  readonly call: () => unknown;
  /** Where the reference computes nonsense in silence, what the engine says. */
  readonly message?: RegExp;
}

const matrix = (rows: number, columns: number) => tf.ones([rows, columns]);
const images = (channels: number) => tf.ones<tf.Rank.R4>([1, 4, 4, channels]);
const indices = (...list: number[]) => tf.tensor1d(list, 'int32');

export const wrongCalls: readonly WrongCall[] = [
  ...[tf.add, tf.sub, tf.mul, tf.div, tf.maximum, tf.minimum, tf.pow, tf.squaredDifference, tf.mod, tf.atan2].map(
    (operation) => ({
      what: `${operation.name} of shapes that do not broadcast`,
      call: () => operation(matrix(2, 3), matrix(2, 2)),
    }),
  ),
  ...[tf.equal, tf.less, tf.greaterEqual, tf.logicalAnd].map((operation) => ({
    what: `${operation.name} of shapes that do not broadcast`,
    call: () => operation(tf.cast(matrix(2, 3), 'bool'), tf.cast(matrix(2, 2), 'bool')),
  })),
  {
    what: 'where of shapes that do not broadcast',
    call: () => tf.where(tf.cast(matrix(2, 3), 'bool'), matrix(2, 2), matrix(2, 3)),
  },
  { what: 'addN of other shapes', call: () => tf.addN([matrix(2, 3), matrix(3, 2)]) },
  { what: 'matMul of inner dimensions that differ', call: () => tf.matMul(matrix(2, 3), matrix(2, 3)) },
  {
    what: 'matMul, transposed, of inner dimensions that differ',
    call: () => tf.matMul(matrix(2, 3), matrix(2, 3), true, true),
  },
  { what: 'matMul of batches that differ', call: () => tf.matMul(tf.ones([2, 1, 3]), tf.ones([3, 3, 1])) },
  { what: 'matMul of a vector', call: () => tf.matMul(matrix(2, 2), tf.ones([2])) },
  {
    what: 'fused.matMul of inner dimensions that differ',
    call: () => tf.fused.matMul({ a: matrix(2, 3) as tf.Tensor2D, b: matrix(2, 3) as tf.Tensor2D }),
  },
  { what: 'einsum of sizes that differ', call: () => tf.einsum('ij,jk->ik', matrix(2, 3), matrix(2, 3)) },
  { what: 'einsum of too few tensors', call: () => tf.einsum('ij,jk->ik', matrix(2, 3)) },
  { what: 'concat of shapes that differ', call: () => tf.concat([matrix(2, 3), matrix(3, 2)], 1) },
  { what: 'concat along no axis', call: () => tf.concat([matrix(2, 3), matrix(2, 3)], 2) },
  { what: 'stack of shapes that differ', call: () => tf.stack([matrix(2, 3), matrix(3, 2)]) },
  { what: 'slice that begins outside', call: () => tf.slice(matrix(2, 3), [0, 4], [1, 1]) },
  { what: 'slice that ends outside', call: () => tf.slice(matrix(2, 3), [1, 0], [2, 3]) },
  { what: 'stridedSlice with steps of 0', call: () => tf.stridedSlice(matrix(2, 3), [0, 0], [1, 1], [0, 1]) },
  { what: 'split into parts that differ', call: () => tf.split(matrix(2, 3), 2, 1) },
  { what: 'split into parts of another sum', call: () => tf.split(matrix(2, 3), [1, 1], 1) },
  { what: 'reshape to another size', call: () => tf.reshape(matrix(2, 3), [4, 2]) },
  { what: 'reshape to a size that does not divide', call: () => tf.reshape(matrix(2, 3), [4, -1]) },
  { what: 'expandDims along no axis', call: () => tf.expandDims(matrix(2, 3), 4) },
  { what: 'transpose by axes of another rank', call: () => tf.transpose(matrix(2, 3), [0]) },
  { what: 'reverse along no axis', call: () => tf.reverse(matrix(2, 3), [2]) },
  { what: 'tile of another rank', call: () => tf.tile(matrix(2, 3), [2]) },
  {
    what: 'mirrorPad of more than there is',
    call: () =>
      tf.mirrorPad(
        matrix(2, 3),
        [
          [2, 0],
          [0, 0],
        ],
        'reflect',
      ),
  },
  { what: 'depthToSpace of too few channels', call: () => tf.depthToSpace(tf.ones([1, 1, 1, 3]), 2) },
  { what: 'sum along no axis', call: () => tf.sum(matrix(2, 3), 2) },
  { what: 'argMax along no axis', call: () => tf.argMax(matrix(2, 3), 2) },
  {
    what: 'cumsum along no axis',
    call: () => tf.cumsum(matrix(2, 3), 2),
    message: /^All values in axis param must be in range/,
  },
  { what: 'softmax along another than the last axis', call: () => tf.softmax(matrix(2, 3), 0) },
  { what: 'topk of more than there are', call: () => tf.topk(matrix(2, 3), 4) },
  { what: 'gather of an index too high', call: () => tf.gather(matrix(2, 3), indices(0, 2)) },
  { what: 'gather of a negative index', call: () => tf.gather(matrix(2, 3), indices(-1)) },
  { what: 'gather along no axis', call: () => tf.gather(matrix(2, 3), indices(0), 2) },
  { what: 'gather with batches that differ', call: () => tf.gather(matrix(2, 3), tf.zeros([3, 1], 'int32'), 1, 1) },
  {
    what: 'gatherND of a tuple outside',
    call: () => tf.gatherND(matrix(2, 3), tf.tensor2d([[2, 0]], [1, 2], 'int32')),
  },
  { what: 'gatherND of tuples too long', call: () => tf.gatherND(matrix(2, 3), tf.zeros([1, 3], 'int32')) },
  {
    what: 'scatterND to a place outside',
    call: () => tf.scatterND(tf.tensor2d([[4]], [1, 1], 'int32'), tf.ones([1]), [4]),
  },
  {
    what: 'scatterND of other shapes',
    call: () => tf.scatterND(tf.tensor2d([[0]], [1, 1], 'int32'), tf.ones([2]), [4]),
  },
  {
    what: 'tensorScatterUpdate to a place outside',
    call: () => tf.tensorScatterUpdate(tf.zeros([4]), tf.tensor2d([[4]], [1, 1], 'int32'), tf.ones([1])),
  },
  {
    what: 'sparseToDense to a place outside',
    call: () => tf.sparseToDense(tf.tensor2d([[4]], [1, 1], 'int32'), tf.ones([1]), [4] as never),
  },
  { what: 'oneHot of too few classes', call: () => tf.oneHot(indices(0), 1) },
  { what: 'bincount of a negative number', call: () => tf.bincount(indices(-1), tf.ones([0]), 3) },
  { what: 'conv2d of other channels', call: () => tf.conv2d(images(2), tf.ones<tf.Rank.R4>([2, 2, 3, 1]), 1, 'valid') },
  {
    what: 'conv2d with strides and dilations',
    call: () => tf.conv2d(images(1), tf.ones<tf.Rank.R4>([2, 2, 1, 1]), 2, 'valid', 'NHWC', 2),
  },
  { what: 'maxPool of a matrix', call: () => tf.maxPool(matrix(2, 3) as unknown as tf.Tensor3D, 2, 1, 'valid') },
  {
    what: 'batchNorm of statistics of another rank',
    call: () => tf.batchNorm(tf.ones([1, 2, 2, 2]), tf.ones([2]), tf.ones([1, 2, 2, 2])),
  },
  {
    what: 'spaceToBatchND of what blocks do not divide',
    call: () =>
      tf.spaceToBatchND(
        tf.ones([1, 3, 3, 1]),
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
  },
  {
    what: 'batchToSpaceND of too few images',
    call: () =>
      tf.batchToSpaceND(
        tf.ones([3, 1, 1, 1]),
        [2, 2],
        [
          [0, 0],
          [0, 0],
        ],
      ),
  },
];
