/**
 * How much more the onnxruntime backend's arena takes from the system than is in use at most: free pieces that fit nothing.
 * Measured: 1.04 to 1.15 on eight shapes of both families (SFT, DPO, KTO, microbatches of 1 to 16, vocabularies of 2,048 to 50,304).
 */
const arenaShare = 1.08;

/**
 * What a process that trains grows by beside the arena, in bytes: JavaScript's heap, compiled graphs. Measured on the same
 * shapes: 30 to 150 MB.
 */
const processGrowth = 90e6;

/**
 * The most resident memory of a process that trains on the onnxruntime backend, in bytes.
 *
 * @param peak `StepEstimate.memory.bytes`
 * @param base resident before the model is loaded
 */
export function peakResidentBytes(peak: number, base: number): number {
  return base + processGrowth + arenaShare * peak;
}

/**
 * The most resident memory of a process that trains on a graphics processor, in bytes: weights come through it once, on their way to
 * the device.
 *
 * @param weights `StepEstimate.memory.parts.weights`
 * @param base resident before the model is loaded
 */
export function peakHostBytes(weights: number, base: number): number {
  return base + processGrowth + weights;
}
