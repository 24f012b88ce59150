/** Bits of a number, for every dtype of the safetensors format. */
const bitsPerNumber: Readonly<Record<string, number>> = {
  ...{ F64: 64, F32: 32, F16: 16, BF16: 16, C64: 64 },
  ...{ F8_E4M3: 8, F8_E5M2: 8, F8_E8M0: 8, F6_E2M3: 6, F6_E3M2: 6, F4: 4 },
  ...{ I64: 64, I32: 32, I16: 16, I8: 8, U64: 64, U32: 32, U16: 16, U8: 8, BOOL: 8 },
};

/** The dtypes that weights are read from and written as. */
export type WeightDtype = 'F32' | 'F16' | 'BF16';

/** Bits of a number of this dtype; `undefined` when the format has none of this name. */
export function bitsOf(dtype: string): number | undefined {
  return Object.hasOwn(bitsPerNumber, dtype) ? bitsPerNumber[dtype] : undefined;
}

/** Whether weights can be read from this dtype. */
export function isWeightDtype(dtype: string): dtype is WeightDtype {
  return dtype === 'F32' || dtype === 'F16' || dtype === 'BF16';
}
