import { type CausalLM, logpRows, type TokenRow } from '@halokit/models';

/** Where log-probabilities of the reference come from: a model, or a store of what a model once said. */
export interface Reference {
  /** One array per row with the natural log-probability of each response token. */
  logps(rows: readonly TokenRow[]): Promise<Float32Array[]>;
}

/** A frozen model, asked every time. */
export function referenceModel(model: CausalLM, options: { rowsAtOnce?: number } = {}): Reference {
  return { logps: (rows) => logpRows(model, rows, options) };
}

/** Remembers every row it was asked, so that later epochs and runs with the same rows cost nothing. */
export function remembered(reference: Reference): Reference {
  const known = new Map<string, Float32Array>();
  const key = (row: TokenRow) => `${row.prompt.join(' ')}|${row.response.join(' ')}`;
  return {
    async logps(rows) {
      const unknown = rows.filter((row) => !known.has(key(row)));
      const answers = unknown.length > 0 ? await reference.logps(unknown) : [];
      unknown.forEach((row, i) => {
        known.set(key(row), answers[i] as Float32Array);
      });
      return rows.map((row) => known.get(key(row)) as Float32Array);
    },
  };
}
