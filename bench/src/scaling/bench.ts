import { writeFile } from 'node:fs/promises';
import type { Options } from '../options';
import { measureLinks } from './measure_links';
import { measured, scalingPage } from './page';

const document = (name: string) => new URL(`../../../docs/${name}`, import.meta.url);

/** Times all-reduces over slow lines, and makes docs/scaling.md of the times and of the model of cost. */
export async function scaling({ rounds = 9 }: Options): Promise<{ text: string; json: unknown }> {
  const links = await measureLinks(rounds);
  await writeFile(document('scaling.json'), `${JSON.stringify(links, undefined, 2)}\n`);
  await writeFile(document('scaling.md'), scalingPage(links));
  return { text: measured(links).join('\n\n'), json: links };
}
