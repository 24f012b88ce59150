import { join } from 'node:path';
import type { HubOptions } from '@halokit/hub';
import { InputError } from '../input_error';
import type { Source } from '../mixture/source';
import type { Row } from '../row';
import { type Split, setFiles } from '../sets/set_files';
import { dataFiles } from './data_files';
import { hubFiles } from './hub_files';
import { readRows } from './read_rows';
import type { NamedFile } from './text_chunks';

/**
 * The files a source stands for, fetched if they are on the hub. Of a known set, and of any on the hub, only those of one
 * side of its own division (`setFiles` says by which rule); of other folders all, and a file that is named is meant.
 *
 * @throws InputError when there are none
 */
export async function sourceFiles(
  { set, place }: Pick<Source, 'set' | 'place'>,
  { split, hub }: { readonly split: Split; readonly hub: HubOptions },
): Promise<NamedFile[]> {
  if (place.kind === 'hub') return await hubFiles(place, hub, (paths) => setFiles(set, paths, split));
  const { folder, files } = await dataFiles(place.path);
  if (folder === undefined) return [{ path: place.path, name: place.path }];
  const chosen = set === undefined ? files : setFiles(set, files, split);
  if (chosen.length === 0) throw new InputError(`${folder}: none of its files is for ${split}: ${files.join(', ')}.`);
  return chosen.map((file) => ({ path: join(folder, file), name: `${folder}/${file}` }));
}

/** The rows of several files behind each other, as a stream. */
export async function* filesRows(files: readonly NamedFile[]): AsyncGenerator<Row> {
  for (const { path, name } of files) yield* readRows(path, { name });
}
