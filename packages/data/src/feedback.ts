/** Who says something in a conversation. */
export type Role = 'system' | 'user' | 'assistant';

export interface Turn {
  readonly role: Role;
  readonly content: string;
}

/** A prompt is the turns before the response; a plain text is one turn of the user. */
export type Prompt = readonly Turn[];

/** What all feedback has in common. */
export interface Origin {
  readonly prompt: Prompt;
  /** The file it came from, or the name of what made it. */
  readonly source: string;
  /** Its line there, from 1. */
  readonly line: number;
  /**
   * The data set it is from, where that has a loader of its own (`hh-helpful`, `hh-harmless`, `hh`, `shp` or `oasst`) or its
   * row says so.
   */
  readonly set?: string;
  /** False where the chosen or desirable response is better than another, but is not what SFT should imitate. */
  readonly sftTarget?: false;
  /** Who gave it, where a column says so. */
  readonly user?: string;
  /** When it was given, in milliseconds since 1970, where a column says so. */
  readonly time?: number;
}

/** A response worth imitating. */
export interface Demonstration extends Origin {
  readonly response: string;
}

/** Two responses to one prompt, the first preferred. */
export interface Preference extends Origin {
  readonly chosen: string;
  readonly rejected: string;
  /** By how much the chosen response was rated better, where somebody said so. */
  readonly margin?: number;
}

/** One response with a thumb up or down. */
export interface Binary extends Origin {
  readonly response: string;
  readonly desirable: boolean;
}

/** One or more responses to a prompt, each with a score. */
export interface Scored extends Origin {
  readonly responses: readonly string[];
  /** As many. Which direction is good is for whoever uses them to say. */
  readonly scores: readonly number[];
}

/** One or more responses to a prompt, each with its rank among them. */
export interface Ranked extends Origin {
  readonly responses: readonly string[];
  /** As many; the smallest is the best, and equal ones are ties. */
  readonly ranks: readonly number[];
}

/** Feedback of one kind, whole. */
export type Feedback =
  | { readonly kind: 'preferences'; readonly examples: readonly Preference[] }
  | { readonly kind: 'binary'; readonly examples: readonly Binary[] };

/** One piece of feedback as a file states it. */
export type FeedbackRecord =
  | { readonly kind: 'preferences'; readonly example: Preference }
  | { readonly kind: 'binary'; readonly example: Binary }
  | { readonly kind: 'scores'; readonly example: Scored }
  | { readonly kind: 'ranks'; readonly example: Ranked };
