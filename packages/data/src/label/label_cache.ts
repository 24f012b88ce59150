/** Scores already paid for. A run that stopped goes on from them; no text is asked for twice. */
export interface LabelCache {
  get(scorer: string, text: string): number | undefined | Promise<number | undefined>;
  /** Resolves when the score is safe. */
  set(scorer: string, text: string, score: number): void | Promise<void>;
}

/** Lasts as long as the program. */
export function memoryLabelCache(): LabelCache {
  const scores = new Map<string, number>();
  const key = (scorer: string, text: string) => JSON.stringify([scorer, text]);
  return {
    get: (scorer, text) => scores.get(key(scorer, text)),
    set: (scorer, text, score) => {
      scores.set(key(scorer, text), score);
    },
  };
}
