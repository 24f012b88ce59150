import type { BackwardOptions, Storage } from '@halokit/models';

/** Where memory goes, in bytes. */
export interface MemoryParts {
  /** The policy. */
  readonly weights: number;
  /** The frozen copy: the reference, or what is compared with afterwards. */
  readonly copy: number;
  /** The optimiser's state. */
  readonly optimizer: number;
  readonly gradients: number;
  /** What the backward pass keeps of the layers, attention's shares apart. */
  readonly activations: number;
  /** Attention's shares, [rows, heads, tokens, tokens] in every layer. */
  readonly attention: number;
  /** Logits of the response tokens, where they are kept for the backward pass. */
  readonly logits: number;
  /** Hidden states of a streamed reference. */
  readonly states: number;
  /** Weights of a streamed reference, as they are read. */
  readonly read: number;
  /** What is made and dropped on the way. */
  readonly working: number;
}

/** The most memory that a step holds at once. */
export interface PeakMemory {
  /** In a few words, what the step is at then. */
  readonly moment: string;
  readonly parts: MemoryParts;
  /** Their sum, in bytes. */
  readonly bytes: number;
}

/** What is there in every moment of training. */
export interface Resident extends BackwardOptions {
  /** A frozen copy of the model is held. */
  readonly copy: boolean;
  /** What the copy's matrices are kept in; when absent, float32, shared with the policy until that moves. */
  readonly copyStorage?: Storage;
  /** What the policy's frozen matrices are kept in, under an adapter; float32 when absent. */
  readonly storage?: Storage;
  /** Numbers of the optimiser's state for each weight: 1 for RMSprop, 2 for AdamW. */
  readonly slots: number;
  /** Ranks among which the optimiser's state is divided (ZeRO, stage 1). Default: 1. */
  readonly shards?: number;
  /**
   * A graphics processor computes, by ONNX Runtime's WebGPU provider: updates and gradients of large matrices are made whole, where
   * a processor makes them block by block. Default: false.
   */
  readonly onGpu?: boolean;
}
