import { type CausalLM, logpRows, type TokenRow } from '@halokit/models';
import { checkRow } from './check_row';
import { checkCount, InputError } from './input_error';

/** A row's log-probabilities (natural log), one number per response token. */
export type Logps = ArrayLike<number>;

/** The reference: a model, or what it said of the same responses before. */
export type ReferenceOf<Known> =
  | { readonly reference: CausalLM; readonly referenceLogps?: undefined }
  | { readonly reference?: undefined; readonly referenceLogps: Known };

export type LogRatioOptions = ReferenceOf<readonly Logps[]> & {
  readonly policy: CausalLM;
  readonly rows: readonly TokenRow[];
  readonly rowsAtOnce?: number;
  /** What a row is called in errors, such as `sample 3`. */
  readonly nameOf: (row: number) => string;
  /** Told how many rows are done. */
  readonly onProgress?: (rows: number) => void;
};

/** Batches between two progress reports: enough that rows of like length find each other. */
const batchesAtOnce = 4;

/**
 * How much likelier the policy makes each response than the reference does, in nats, one number per row:
 *
 *     log pi(y | x) - log pi_ref(y | x),  summed over the response's tokens
 *
 * @throws InputError for a row no model can read, known log-probabilities of other rows, or a model whose answer is not finite
 */
export async function logRatios(options: LogRatioOptions): Promise<number[]> {
  const { policy, reference, referenceLogps, rows, rowsAtOnce = 8, nameOf, onProgress } = options;
  checkCount('rowsAtOnce', rowsAtOnce);
  if (referenceLogps && referenceLogps.length !== rows.length) {
    throw new InputError(`${referenceLogps.length} rows of reference log-probabilities for ${rows.length} responses.`);
  }
  rows.forEach((row, i) => {
    checkRow(row, nameOf(i), policy, reference ?? policy);
    const known = referenceLogps?.[i]?.length ?? row.response.length;
    if (known !== row.response.length) {
      throw new InputError(
        `The reference has ${known} log-probabilities for the ${row.response.length} tokens of ${nameOf(i)}: they are of another response.`,
      );
    }
  });
  const ratios: number[] = [];
  const step = batchesAtOnce * rowsAtOnce;
  for (let start = 0; start < rows.length; start += step) {
    const part = rows.slice(start, start + step);
    const policyLogps = await logpRows(policy, part, { rowsAtOnce });
    const known = reference
      ? await logpRows(reference, part, { rowsAtOnce })
      : referenceLogps.slice(start, start + step);
    part.forEach((_, i) => {
      const name = nameOf(start + i);
      ratios.push(total(policyLogps[i] as Logps, 'policy', name) - total(known[i] as Logps, 'reference', name));
    });
    onProgress?.(ratios.length);
  }
  return ratios;
}

function total(logps: Logps, whose: string, name: string): number {
  let sum = 0;
  for (let t = 0; t < logps.length; t++) sum += logps[t] as number;
  if (Number.isFinite(sum)) return sum;
  throw new InputError(
    `The ${whose} gives ${name} a log-probability of ${sum}: its weights are broken; was its learning rate too high?`,
  );
}
