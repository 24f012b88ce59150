import { InputError } from '../../input_error';
import type { HubPlace } from '../../mixture/source';
import { formatOf, formats } from '../data_files';
import { downloadFromHub, type HubFile } from './hub_download';
import { listHub } from './hub_listing';
import type { HubOptions } from './hub_options';

/**
 * The data files of a data set of the hub, or of one folder or file in it, fetched into the cache. Of their paths
 * `select` chooses, all if it is not given; they come in its order.
 *
 * @throws InputError when there are none, or one does not arrive
 */
export async function hubFiles(
  place: HubPlace,
  options: HubOptions,
  select: (paths: readonly string[]) => readonly string[] = (paths) => paths,
): Promise<HubFile[]> {
  const { commit, entries } = await listHub(place, options);
  const inside = (path: string) => place.path === '' || path === place.path || path.startsWith(`${place.path}/`);
  const readable = entries.filter(({ path }) => inside(path) && path.includes('.') && formatOf(path));
  const paths = readable.map(({ path }) => path).sort((a, b) => (a < b ? -1 : 1));
  // Somebody who names one file means it.
  const chosen = paths.length === 1 && paths[0] === place.path ? paths : select(paths);
  if (chosen.length === 0) {
    const what = `hf:${place.repo}${place.path === '' ? '' : `/${place.path}`}`;
    const found = [...new Set(entries.map(({ path }) => path.replace(/\/.*/s, '/')))].slice(0, 12).join(', ');
    throw new InputError(
      `${what}: holds no fitting files of .${formats.join(', .')}. There is: ${found || 'nothing'}.`,
    );
  }
  const files: HubFile[] = [];
  for (const path of chosen) {
    const entry = readable.find((known) => known.path === path);
    if (entry) files.push(await downloadFromHub(place.repo, commit, entry, options));
  }
  return files;
}
