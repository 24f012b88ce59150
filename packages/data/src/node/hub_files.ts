import { fetchFiles, type HubFile, type HubOptions } from '@halokit/hub';
import { InputError } from '../input_error';
import type { HubPlace } from '../mixture/source';
import { formatOf, formats } from './data_files';

/**
 * The data files of a data set of the hub, or of one folder or file in it, fetched into the cache. Of their paths
 * `select` chooses, all if it is not given; they come in its order.
 *
 * @throws InputError when there are none, or one does not arrive
 */
export async function hubFiles(
  { repo, revision, path: place }: HubPlace,
  options: HubOptions,
  select: (paths: readonly string[]) => readonly string[] = (paths) => paths,
): Promise<HubFile[]> {
  const inside = (path: string) => place === '' || path === place || path.startsWith(`${place}/`);
  const choose = (all: readonly string[]) => {
    const readable = all.filter((path) => inside(path) && path.includes('.') && formatOf(path));
    const paths = readable.sort((a, b) => (a < b ? -1 : 1));
    // Somebody who names one file means it.
    const chosen = paths.length === 1 && paths[0] === place ? paths : select(paths);
    if (chosen.length > 0) return chosen;
    const found = [...new Set(all.map((path) => path.replace(/\/.*/s, '/')))].slice(0, 12).join(', ');
    throw new InputError(
      `hf:${repo}${place === '' ? '' : `/${place}`}: holds no fitting files of .${formats.join(', .')}. There is: ${found || 'nothing'}.`,
    );
  };
  return [...(await fetchFiles({ kind: 'datasets', repo, revision }, choose, options)).files];
}
