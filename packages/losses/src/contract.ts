import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/**
 * What a loss is: two pure functions of log-probabilities.
 *
 * `prepare` sees the whole effective batch, without gradient and as plain data, and returns statistics of it (KTO's
 * reference point, a token count). `losses` sees the rows of one microbatch as tensors, with gradient, and returns one
 * loss per example; it reduces nothing: the trainer takes the mean over the effective batch. A loss knows no model, no
 * optimiser and no file, and the trainer knows no loss by name: it serves what `needs` declares.
 */
export type Loss = DemonstrationLoss | PreferenceLoss | BinaryLoss;

/** What every loss declares, whatever its feedback. */
export interface LossDeclaration {
  /** The loss's name in configs, metrics and run folders. */
  readonly name: string;
  readonly needs?: LossNeeds;
  /** Over which examples `prepare` is called: the effective batch (default), or each microbatch on its own. */
  readonly statisticsOver?: 'batch' | 'microbatch';
  /** `losses` couples its examples (a statistic that carries gradient): microbatches smaller than the batch are refused. */
  readonly wholeBatch?: boolean;
  /**
   * The human value function that the loss implies, where it implies one: an example's loss is a constant minus its
   * class's weight times v(z). Binary feedback: z = +-(reward - reference point), minus for an undesirable example.
   * Preferences: z = reward of the chosen - reward of the rejected response.
   */
  readonly value?: ValueFunction;
}

export interface LossNeeds {
  /** Log-probabilities of the same rows under a frozen reference model. */
  readonly reference?: boolean;
  /** Mismatched rows (a prompt with the response to another prompt), without gradient, in `prepare`. Binary feedback only. */
  readonly kl?: boolean;
  /** The policy's log-probabilities of the rows themselves, without gradient, in `prepare`. Costs a forward pass. */
  readonly policyInPrepare?: boolean;
  /**
   * A value head's estimate at every response token: without gradient in `prepare` (costs a forward pass), with gradient
   * in `losses`. The gradient reaches the head and no further.
   */
  readonly values?: boolean;
  /** A reward head's score of every response, in `losses`. Its gradient reaches the whole model. */
  readonly scores?: boolean;
  /** Which examples of the batch share a prompt, in `prepare`; batches keep them together. Binary feedback only. */
  readonly groups?: boolean;
  /** Prompts that end in a token which names the example's class. Binary feedback only. */
  readonly controlTokens?: boolean;
}

/** A value function v of prospect theory, elementwise: how much an outcome is worth, by its distance z from the reference point. */
export interface ValueFunction {
  readonly name: string;
  /** v(z): gains are z > 0. */
  readonly value: (z: Tensor1D) => Tensor1D;
  /** What is minimised: a constant minus v(z), written so that it keeps its digits where v is flat. */
  readonly loss: (z: Tensor1D) => Tensor1D;
}

/** One example is one response to imitate. */
export interface DemonstrationLoss<S = unknown, T = unknown> extends LossDeclaration {
  readonly feedback: 'demonstrations';
  readonly initialState?: T;
  prepare?(batch: DemonstrationBatch, state: T): Prepared<S, T>;
  losses(rows: DemonstrationRows, statistics: S): LossResult;
}

/** One example is one response with a thumb up (desirable) or down (undesirable). */
export interface BinaryLoss<S = unknown, T = unknown> extends LossDeclaration {
  readonly feedback: 'binary';
  readonly initialState?: T;
  prepare?(batch: BinaryBatch, state: T): Prepared<S, T>;
  losses(rows: BinaryRows, statistics: S): BinaryResult;
}

/** One example is a pair of responses to one prompt, the first preferred. */
export interface PreferenceLoss<S = unknown, T = unknown> extends LossDeclaration {
  readonly feedback: 'preferences';
  readonly initialState?: T;
  prepare?(batch: PreferenceBatch, state: T): Prepared<S, T>;
  losses(rows: PreferenceRows, statistics: S): PreferenceResult;
}

/** Log-probabilities (natural log) of response tokens, [rows, tokens], and their mask: 1 where a token counts, else 0. */
export interface Logps {
  readonly tokens: Tensor2D;
  readonly mask: Tensor2D;
}

/** Rows of a microbatch under the policy (with gradient) and, where the loss needs one, the reference (without). */
export interface Rows {
  readonly policy: Logps;
  readonly reference?: Logps;
  /** Under `humanline`, the policy as it is: `policy` is then what the bounds make of it. */
  readonly unclamped?: Logps;
  /** The value head's estimate before each response token, [rows, tokens]; where the loss needs it. */
  readonly values?: Tensor2D;
  /** The reward head's score of each response, [rows]; where the loss needs it. */
  readonly scores?: Tensor1D;
}

/** The microbatch's place in the effective batch: example i of it is example `indices[i]` of the batch. */
export interface Placed {
  readonly indices: readonly number[];
}

export interface DemonstrationRows extends Rows, Placed {}

export interface BinaryRows extends Rows, Placed {
  /** 1 for a desirable example, 0 for an undesirable one, [rows]. */
  readonly desirable: Tensor1D;
}

export interface PreferenceRows extends Placed {
  readonly chosen: Rows;
  readonly rejected: Rows;
  /** By how much each chosen response was rated better, [pairs]; where the data says so. */
  readonly margins?: Tensor1D;
}

/** Log-probabilities (or values) without gradient, as plain data: one array per row, one number per response token. */
export type LogpRows = readonly ArrayLike<number>[];

/** Rows of the effective batch as `prepare` sees them. `lengths` counts response tokens. */
export interface PreparedRows {
  readonly lengths: readonly number[];
  readonly policy?: LogpRows;
  readonly reference?: LogpRows;
  readonly values?: LogpRows;
}

export interface DemonstrationBatch {
  readonly rows: PreparedRows;
}

export interface BinaryBatch {
  readonly rows: PreparedRows;
  readonly desirable: readonly boolean[];
  /** The mismatched rows, one per example. Present when the loss needs them. */
  readonly kl?: PreparedRows;
  /** Examples with the same number have the same prompt. Present when the loss needs groups. */
  readonly groups?: readonly number[];
}

export interface PreferenceBatch {
  readonly chosen: PreparedRows;
  readonly rejected: PreparedRows;
}

/** Both parts are plain data, so checkpoints can keep them. */
export interface Prepared<S, T> {
  readonly statistics: S;
  /** The state for the next batch; absent when the loss has none. */
  readonly state?: T;
  /** Named numbers of the whole batch for the metrics, such as `kl`. */
  readonly metrics?: Readonly<Record<string, number>>;
}

export interface LossResult {
  /** One loss per example, [examples]; the trainer minimises their mean over the effective batch. */
  readonly losses: Tensor1D;
  /** Further named numbers per example, [examples], for the metrics. */
  readonly metrics?: Readonly<Record<string, Tensor1D>>;
}

export interface BinaryResult extends LossResult {
  /** Implied reward of each example, [rows]: beta x (policy - reference) unless the loss says otherwise. */
  readonly rewards: Tensor1D;
}

export interface PreferenceResult extends LossResult {
  readonly rewards: { readonly chosen: Tensor1D; readonly rejected: Tensor1D };
}
