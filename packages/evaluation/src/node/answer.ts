/** What an endpoint answered to one question, as it is kept. */
export interface Answer {
  /** The judge's words. */
  readonly said: string;
  /** Why it ended: `stop`, or `length` where it was cut off. */
  readonly finish: string;
  /** Absent where the endpoint does not count them. */
  readonly promptTokens?: number;
  readonly completionTokens?: number;
}

/** Answers that were paid for. A run that stopped goes on from them; no question is asked twice. */
export interface AnswerCache {
  get(key: string): Answer | undefined | Promise<Answer | undefined>;
  /** Resolves when the answer is safe. */
  set(key: string, answer: Answer): void | Promise<void>;
}

/** Lasts as long as the program. */
export function memoryAnswerCache(): AnswerCache {
  const answers = new Map<string, Answer>();
  return {
    get: (key) => answers.get(key),
    set: (key, answer) => {
      answers.set(key, answer);
    },
  };
}
