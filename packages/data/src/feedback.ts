/** Who says something in a conversation. */
export type Role = 'system' | 'user' | 'assistant';

export interface Turn {
  readonly role: Role;
  readonly content: string;
}

/** A prompt is the turns before the response; a plain text is one turn of the user. */
export type Prompt = readonly Turn[];

/** What all feedback has in common. */
interface Origin {
  readonly prompt: Prompt;
  /** The file it came from, or the name of what made it. */
  readonly source: string;
  /** Its line there, from 1. */
  readonly line: number;
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

/** Feedback of one kind, whole. */
export type Feedback =
  | { readonly kind: 'preferences'; readonly examples: readonly Preference[] }
  | { readonly kind: 'binary'; readonly examples: readonly Binary[] };
