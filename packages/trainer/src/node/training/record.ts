import { InputError } from '../../input_error';
import type { PlanSettings } from '../../plan';
import type { TrainState } from '../../train_state';

/** The file that makes a folder a training checkpoint: it is written last, and names the others with their checksums. */
export const recordFile = 'training.json';

const format = 1;

/** What `training.json` holds: all of a run's state that is not a tensor, and what the tensors' files must be. */
export interface TrainingRecord {
  readonly format: typeof format;
  readonly loss: string;
  readonly state: TrainState;
  readonly optimizer: { readonly name: string; readonly updates: number };
  readonly plan: { readonly fingerprint: string; readonly dataset: string; readonly settings: PlanSettings };
  /** Bytes of the metrics' file at this step, where it was given. */
  readonly metricsBytes?: number;
  /** SHA-256 of the other files, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * The text of a record.
 *
 * @throws InputError for a loss whose state JSON cannot hold
 */
export function recordText(record: Omit<TrainingRecord, 'format'>): string {
  const odd = oddValue(record.state.lossState, 'state');
  if (odd) {
    throw new InputError(
      `The ${record.loss} loss's ${odd}, which JSON cannot hold: keep numbers that are finite, texts, booleans, null, and ` +
        'plain arrays and objects of them, so that checkpoints can keep it.',
    );
  }
  return `${JSON.stringify({ format, ...record }, null, 2)}\n`;
}

/** @returns undefined for what is no whole record @throws InputError for one of a later version */
export function parseRecord(text: string, path: string): TrainingRecord | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof json !== 'object' || json === null || !('format' in json)) return undefined;
  if (json.format === format) return json as TrainingRecord;
  throw new InputError(`${path}: is of format ${json.format}, and this version reads ${format}. Use the newer one.`);
}

/** What in a value JSON would change, in words. */
function oddValue(value: unknown, place: string): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) return `${place} is ${value}`;
  if (value === null || value === undefined || ['number', 'string', 'boolean'].includes(typeof value)) return undefined;
  if (typeof value !== 'object') return `${place} is a ${typeof value}`;
  const kind = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && kind !== Object.prototype && kind !== null) {
    return `${place} is a ${value.constructor?.name ?? 'strange object'}`;
  }
  for (const [key, item] of Object.entries(value)) {
    const odd = oddValue(item, `${place}.${key}`);
    if (odd) return odd;
  }
  return undefined;
}
