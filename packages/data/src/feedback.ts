/** Who says something in a conversation. */
export type Role = 'system' | 'user' | 'assistant';

export interface Turn {
  readonly role: Role;
  readonly content: string;
}

/** A prompt is the turns before the response; a plain text is one turn of the user. */
export type Prompt = readonly Turn[];

/** What all feedback has in common. `source` names the set it came from (`hh`, a file's name). */
interface Origin {
  readonly prompt: Prompt;
  readonly source: string;
}

/** A response worth imitating. */
export interface Demonstration extends Origin {
  readonly response: string;
}

/** Two responses to one prompt, the first preferred. */
export interface Preference extends Origin {
  readonly chosen: string;
  readonly rejected: string;
}

/** One response with a thumb up or down. */
export interface Binary extends Origin {
  readonly response: string;
  readonly desirable: boolean;
}
