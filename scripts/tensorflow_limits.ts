// Where @tensorflow/tfjs-node 4.22.0 on TensorFlow 2.21 does other than TensorFlow.js's reference, as was seen of it.
import type { Case } from '../packages/tfjs-backend-onnxruntime/test/conformance/row';

interface Limit {
  readonly kernels: readonly string[];
  readonly because: string;
  /** The cases in which it does the same; none when absent. */
  readonly within?: (each: Case) => boolean;
}

const only =
  (...dtypes: readonly string[]) =>
  ({ inputs }: Case) =>
    inputs.every(({ dtype }) => dtypes.includes(dtype));
const areFinite = ({ inputs }: Case) => inputs.every(({ values }) => values.every(Number.isFinite));
const hasNumbers = ({ inputs }: Case) => inputs.every(({ values }) => values.length > 0);
const dividesInt32 = (each: Case) => only('int32')(each) && !each.inputs[1]?.values.includes(0);
const attributes = <T>({ attributes }: Case) => attributes as T;

const needsFloat32 = [
  ...['Acos', 'Acosh', 'Asin', 'Asinh', 'Atan', 'Atanh', 'Expm1', 'IsFinite', 'IsInf', 'IsNan', 'LeakyRelu', 'Log1p'],
  ...['RealDiv', 'Reciprocal', 'Sinh', 'Softplus', 'SparseToDense'],
];
const needsNumbers = [
  ...['BatchToSpaceND', 'Cumprod', 'Cumsum', 'Greater', 'GreaterEqual', 'Less', 'LessEqual', 'SpaceToBatchND', 'TopK'],
];
const windows = [
  ...['Conv2D', 'Conv2DBackpropFilter', 'Conv2DBackpropInput', 'FusedConv2D', 'FusedDepthwiseConv2D'],
  ...['DepthwiseConv2dNative', 'DepthwiseConv2dNativeBackpropFilter', 'DepthwiseConv2dNativeBackpropInput'],
  ...['AvgPool', 'AvgPoolGrad', 'MaxPool', 'MaxPoolGrad'],
];

export const limits: readonly Limit[] = [
  { kernels: needsFloat32, because: 'of another type than float32 they are refused', within: only('float32') },
  { kernels: needsNumbers, because: 'of bools they are refused', within: only('float32', 'int32') },
  { kernels: ['ArgMax', 'ArgMin'], because: 'of nothing they are refused', within: hasNumbers },
  {
    kernels: ['Diag'],
    because: 'of a scalar or of bools it is refused',
    within: (each) => only('float32', 'int32')(each) && each.inputs[0]?.shape.length !== 0,
  },
  {
    kernels: ['Einsum'],
    because: 'a space is taken for an index',
    within: (each) => !attributes<{ equation: string }>(each).equation.includes(' '),
  },
  {
    kernels: ['GatherV2'],
    because: 'an axis counted from the end is refused',
    within: (each) => attributes<{ axis: number }>(each).axis >= 0,
  },
  {
    kernels: ['Range'],
    because: 'steps that lead away from the stop are refused, and not an empty range',
    within(each) {
      const { start, stop, step } = attributes<{ start: number; stop: number; step: number }>(each);
      return (stop - start) * step >= 0;
    },
  },
  {
    kernels: ['UnsortedSegmentSum'],
    because: 'segments that are not there are refused, and not left out',
    within: (each) => each.inputs[1]?.values.every((id) => id < attributes<{ count: number }>(each).count) ?? false,
  },
  {
    kernels: ['FloorDiv'],
    because: 'of float32 it stays float32; division of integers by 0 is refused',
    within: dividesInt32,
  },
  {
    kernels: ['Mod'],
    because: 'a tiny negative dividend gives the divisor; integers by 0 are refused',
    within: dividesInt32,
  },
  { kernels: ['Round'], because: 'integers become 0', within: only('float32') },
  {
    kernels: ['Cast', 'EluGrad', 'Prelu', 'Sign'],
    because: 'what is not finite comes out otherwise',
    within: areFinite,
  },
  { kernels: ['Elu', 'Selu'], because: 'near 0, exp(x) - 1 loses digits' },
  { kernels: windows, because: 'padding by numbers, and rounding other than of same and valid, are refused' },
];
