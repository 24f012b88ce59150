import { InputError } from '../input_error';
import type { WeightDtype } from './dtypes';
import { type Overflow, toBfloat16, toFloat16 } from './narrow';

/** What weights are saved as, by PyTorch's names. */
export type SavedDtype = 'float32' | 'float16' | 'bfloat16';

/** How a dtype stands in a file. */
export interface WeightFormat {
  readonly name: SavedDtype;
  readonly dtype: WeightDtype;
  readonly bytesPerNumber: number;
  /** The largest number that it holds. */
  readonly largest: number;
  /** Rounds bits of float32 numbers; absent where they stay as they are. */
  readonly round?: (target: Uint16Array, bits: Uint32Array) => Overflow;
}

const formats: Readonly<Record<SavedDtype, WeightFormat>> = {
  float32: { name: 'float32', dtype: 'F32', bytesPerNumber: 4, largest: 2 ** 128 - 2 ** 104 },
  float16: { name: 'float16', dtype: 'F16', bytesPerNumber: 2, largest: 65504, round: toFloat16 },
  bfloat16: { name: 'bfloat16', dtype: 'BF16', bytesPerNumber: 2, largest: 2 ** 128 - 2 ** 120, round: toBfloat16 },
};

/** @throws InputError for a name that is none of the three */
export function formatOf(name: SavedDtype): WeightFormat {
  const format = Object.hasOwn(formats, name) ? formats[name] : undefined;
  if (!format) throw new InputError(`dtype is ${JSON.stringify(name)}: known are ${Object.keys(formats).join(', ')}.`);
  return format;
}
