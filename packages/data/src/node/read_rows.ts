import { join } from 'node:path';
import { InputError } from '../input_error';
import type { Row } from '../row';
import { csvRows } from './csv_rows';
import { dataFiles, type Format, formatOf } from './data_files';
import { jsonLines } from './json_lines';
import { jsonValues } from './json_values';
import { parquetRows } from './parquet_rows';
import { type NamedFile, textChunks } from './text_chunks';

export interface ReadOptions {
  /** What rows and errors call the file or folder; its path, if not given. */
  readonly name?: string;
}

/**
 * The rows of a file as a stream, so that memory does not grow with it, or of all data files of a folder and the
 * folders in it, in the order of their names (`dataFiles` says which). By the end of the name:
 *
 * - `.jsonl`, `.ndjson`: one JSON value a line;
 * - `.json`: an array of values, or one a line, whichever it holds;
 * - `.csv`, `.tsv`: a header that names the fields, every value text;
 * - `.parquet`: `line` is the row's number.
 *
 * All but Parquet may be packed: `.jsonl.gz`. Blank lines, a byte-order mark and Windows line ends are let pass.
 *
 * @throws InputError for a row that is not of the format, text that is not UTF-8, a file that is damaged or cut short,
 * a row of more than 64 Mi characters, a file without rows and one of another kind; the system's error, with its path,
 * for a file that cannot be read
 */
export async function* readRows(path: string, { name = path }: ReadOptions = {}): AsyncGenerator<Row> {
  const { folder, files } = await dataFiles(path);
  for (const file of files) {
    yield* fileRows(folder === undefined ? { path, name } : { path: join(folder, file), name: `${name}/${file}` });
  }
}

async function* fileRows(file: NamedFile): AsyncGenerator<Row> {
  let rows = 0;
  for await (const row of rowsAs(formatOf(file.path) as Format, file)) {
    rows += 1;
    yield row;
  }
  if (rows === 0) throw new InputError(`${file.name}: holds no rows. Is it the right file?`);
}

function rowsAs(format: Format, file: NamedFile): AsyncGenerator<Row> {
  switch (format) {
    case 'parquet':
      return parquetRows(file);
    case 'json':
      return jsonValues(textChunks(file), file.name);
    case 'csv':
      return csvRows(textChunks(file), file.name, ',');
    case 'tsv':
      return csvRows(textChunks(file), file.name, '\t');
    default:
      return jsonLines(textChunks(file), file.name);
  }
}
