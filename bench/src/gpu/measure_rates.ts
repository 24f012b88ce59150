import { childLines } from '../child_lines';
import { progress } from '../progress';
import type { Contestant } from './contestant';
import { productsOf } from './products';
import type { Arithmetic, Product, RateJob, Rates } from './protocol';
import type { GpuShape } from './shape';

/** How fast each program multiplies matrices of the sizes of a step. */
export interface MeasuredRates {
  readonly shape: string;
  readonly products: readonly Product[];
  readonly rates: readonly {
    readonly name: string;
    readonly arithmetic: Arithmetic;
    /** Operations a second, product by product; undefined where it did not run. */
    readonly flopsPerSecond?: readonly number[];
  }[];
}

export async function measureRates(
  { name, size, shorter }: GpuShape,
  contestants: readonly Contestant[],
): Promise<MeasuredRates> {
  const products = productsOf(size);
  const patience = shorter > 1 ? 0.01 : 0.3;
  const rates: MeasuredRates['rates'][number][] = [];
  for (const { name: program, arithmetic, device, rates: command } of contestants) {
    const line = progress(`${name}, products, ${program}`);
    line.update('starting');
    const job: RateJob = { device, arithmetic, products, patience };
    const found: Rates[] = [];
    try {
      await childLines({ ...command, args: [...command.args, JSON.stringify(job)] }, (rates) =>
        found.push(rates as Rates),
      );
      line.end('done');
    } catch (error) {
      line.end(`failed: ${String(error).trim().split('\n').at(-1)}`);
    }
    rates.push({ name: program, arithmetic, ...found[0] });
  }
  return { shape: name, products, rates };
}

/** The most that any program reached on the device, in float32 or in 16 bits; undefined where none was measured. */
export function bestRate(measured: readonly MeasuredRates[], wide: boolean): number | undefined {
  const all = measured
    .flatMap(({ rates }) => rates)
    .filter(({ arithmetic }) => (arithmetic === 'float32') === wide)
    .flatMap(({ flopsPerSecond = [] }) => flopsPerSecond);
  return all.length === 0 ? undefined : Math.max(...all);
}
