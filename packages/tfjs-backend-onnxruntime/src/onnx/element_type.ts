/** Element types that the graphs use. TensorFlow.js knows `float32`, `int32` and `bool`. */
export const elementTypes = {
  float32: { code: 1, bytes: 4, array: Float32Array },
  int32: { code: 6, bytes: 4, array: Int32Array },
  int64: { code: 7, bytes: 8, array: BigInt64Array },
  bool: { code: 9, bytes: 1, array: Uint8Array },
  float16: { code: 10, bytes: 2, array: Uint16Array },
  float64: { code: 11, bytes: 8, array: Float64Array },
  bfloat16: { code: 16, bytes: 2, array: Uint16Array },
} as const;

export type ElementType = keyof typeof elementTypes;
export type Elements = Float32Array | Int32Array | BigInt64Array | Uint8Array | Uint16Array | Float64Array;
