import { currentArithmetic } from './binding/environment';
import { UnavailableError } from './binding/library';
import { cast } from './graph/record';
import { Scheduler } from './graph/scheduler';
import { fromNumbers, type Value } from './graph/value';
import * as op from './kernels/ops';
import { gemm } from './kernels/products';

/**
 * Whether the device multiplies in float16, where that is asked for, and shows what float16 cannot hold: a number and a sum
 * beyond 65504 must be infinite still after their sum of squares, or no training would see that its gradients are wrong.
 *
 * @throws UnavailableError that says why not
 */
export function checkFloat16(): void {
  if (currentArithmetic() === 'float32') return;
  const scheduler = new Scheduler();
  const sums = sumsOfSquares([3, 4], [6e4, 6e4], [7e4, 0]);
  scheduler.hold(sums);
  try {
    scheduler.flushSync(sums);
    const [right, sum, number] = Array.from(scheduler.readSync(sums), Number);
    if (right !== 49) throw new Error(`3 + 4 squared is ${right} there`);
    if (Number.isFinite(sum) || Number.isFinite(number))
      throw new Error('what is beyond 65504 does not become infinite');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const why = /does not support|not supported|f16/i.test(reason) ? 'its driver does not have it' : reason;
    throw new UnavailableError(`This graphics processor cannot be used with float16: ${why}. Take float32.`);
  } finally {
    scheduler.letGo(sums);
    scheduler.clear();
  }
}

/** (x + y)^2 of pairs, where x + y is a product in float16, [pairs]. */
function sumsOfSquares(...pairs: readonly (readonly [number, number])[]): Value {
  const numbers = fromNumbers(Float32Array.from(pairs.flat()), 'float32', [pairs.length, 2]);
  const ones = fromNumbers(Float32Array.of(1, 1), 'float32', [2, 1]);
  const sums = cast(gemm(cast(numbers, 'float16'), cast(ones, 'float16')), 'float32');
  return op.reduce('ReduceSum', op.mul(sums, sums), [1], false);
}
