/** A graphics processor, as its driver describes it. */
export interface Adapter {
  readonly name: string;
  readonly kind: 'discrete' | 'integrated' | 'virtual' | 'software' | 'other';
  /** Its own memory, or what it may take of the computer's; undefined where nobody says. */
  readonly memoryBytes?: number;
  /** Bytes of an array that a kernel can read as one; longer ones are read in pieces. */
  readonly largestBinding?: number;
  /** It computes with float16. */
  readonly float16?: boolean;
}

const preference = ['discrete', 'integrated', 'virtual', 'other', 'software'] as const;

/** The one that WebGPU takes when asked for high performance. */
export function preferred(adapters: readonly Adapter[]): Adapter | undefined {
  return [...adapters].sort((a, b) => preference.indexOf(a.kind) - preference.indexOf(b.kind))[0];
}
