import { type CausalLM, logpRows, type TokenRow } from '@halokit/models';

/** Where log-probabilities of the reference come from: a model, or a store of what a model once said. */
export interface Reference {
  /** One array per row with the natural log-probability of each response token. */
  logps(rows: readonly TokenRow[], options?: AskOptions): Promise<Float32Array[]>;
  /**
   * Told, before the first step, every row that a run will ask for: there where asking for all of them at once is cheaper.
   * A row may come several times.
   */
  prefetch?(rows: readonly TokenRow[], options?: AskOptions): Promise<void>;
}

export interface AskOptions {
  /** Stops a question that takes long, which then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A frozen model, asked every time. */
export function referenceModel(model: CausalLM, options: { rowsAtOnce?: number } = {}): Reference {
  return { logps: (rows) => logpRows(model, rows, options) };
}

/** Remembers every row it was asked, so that later epochs and runs with the same rows cost nothing. */
export function remembered(reference: Reference): Reference {
  const known = new Map<string, Float32Array>();
  const key = (row: TokenRow) => `${row.prompt.join(' ')}|${row.response.join(' ')}`;
  const unknownOf = (rows: readonly TokenRow[]) => {
    const once = new Map(rows.map((row) => [key(row), row]));
    return [...once].filter(([name]) => !known.has(name));
  };
  return {
    async logps(rows, options) {
      const unknown = unknownOf(rows);
      const asked = unknown.map(([, row]) => row);
      const answers = asked.length > 0 ? await reference.logps(asked, options) : [];
      unknown.forEach(([name], i) => {
        known.set(name, answers[i] as Float32Array);
      });
      return rows.map((row) => known.get(key(row)) as Float32Array);
    },
    ...(reference.prefetch && {
      prefetch: async (rows, options) =>
        reference.prefetch?.(
          unknownOf(rows).map(([, row]) => row),
          options,
        ),
    }),
  };
}
