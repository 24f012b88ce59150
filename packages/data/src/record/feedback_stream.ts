import type { FeedbackRecord } from '../feedback';
import type { Row, Rows } from '../row';
import type { Tally } from '../tally';
import type { Format } from './format';
import { laidOut, type StreamOptions } from './laid_out';
import { holdToFormat } from './layout';
import { readRecord } from './read_record';
import type { Reading } from './view';

/**
 * The feedback of a file, as a stream: memory does not grow with the file. Formats and rules are those of `readFeedback`;
 * scores and ranks come as they are stated. A conversation gives one example for each rated turn.
 *
 * @throws InputError naming file, line and field: a field missing or of the wrong type, a row of another format, no rows
 */
export async function* streamFeedback(
  rows: Rows,
  tally: Tally,
  options: StreamOptions = {},
): AsyncGenerator<FeedbackRecord> {
  for await (const { reading } of readings(rows, options)) {
    if (typeof reading === 'string') tally.drop(reading);
    else {
      tally.keep(reading.repairs);
      yield* reading.records;
    }
  }
}

/** Each row and what it gives, before anything is counted. */
export async function* readings(
  rows: Rows,
  options: StreamOptions,
): AsyncGenerator<{ row: Row; reading: Reading; format: Format }> {
  for await (const { row, layout } of laidOut(rows, options)) {
    holdToFormat(row, layout);
    yield { row, reading: readRecord(row, layout), format: layout.format };
  }
}
