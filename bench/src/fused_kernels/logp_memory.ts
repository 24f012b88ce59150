/** The log-probabilities whose memory is measured: of a response of 4,096 tokens, with Pythia-70m's width and vocabulary. */
export const logpSizes = { vocabulary: 50_304, tokens: 4096, width: 512 } as const;

export type LogpSizes = Readonly<Record<keyof typeof logpSizes, number>>;

/** What the log-probabilities and their gradient took. */
export interface LogpMemory extends LogpSizes {
  /** Resident once the hidden states, the vocabulary matrix and the labels are in native memory. */
  readonly residentBytes: number;
  /** The most of the whole process. */
  readonly peakBytes: number;
}

/** The peak above weights and inputs; the gradients are in it. */
export function logpBytes({ peakBytes, residentBytes }: LogpMemory): number {
  return peakBytes - residentBytes;
}

/** The two gradients, which no way to compute them can do without. */
export function gradientBytes({ vocabulary, tokens, width }: LogpSizes): number {
  return 4 * width * (vocabulary + tokens);
}

/** All logits at once, once. */
export function logitsBytes({ vocabulary, tokens }: LogpSizes): number {
  return 4 * vocabulary * tokens;
}
