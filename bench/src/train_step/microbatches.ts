import type { Batch } from './batch';
import type { Shape } from './shape';

/** Some rows of a batch. */
export interface Microbatch extends Batch {
  readonly rows: number;
  /** Of the batch's tokens, 0 to 1: what its mean loss counts for. */
  readonly share: number;
}

/** A batch in the parts that go through the model one after the other; the last may be smaller. */
export function microbatches({ rows, tokens, microbatchRows = rows }: Shape, { ids, labels }: Batch): Microbatch[] {
  const parts: Microbatch[] = [];
  for (let start = 0; start < rows; start += microbatchRows) {
    const end = Math.min(start + microbatchRows, rows);
    const part = (values: Int32Array) => values.subarray(start * tokens, end * tokens);
    parts.push({ ids: part(ids), labels: part(labels), rows: end - start, share: (end - start) / rows });
  }
  return parts;
}
