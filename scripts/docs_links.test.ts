import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { documents } from './docs_recipe';

const sources = ['packages', 'apps', 'bench', 'scripts'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => `/${folder}/${name.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.ts') && !path.includes('/node_modules/')),
);

/** `#labels-from-answers`, as GitHub makes it of a heading. */
const anchorsOf = (text: string) =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

test.each(documents())('%s links to what is there', (document) => {
  const text = readFileSync(document, 'utf8').replaceAll(/^```.*?^```$/gms, '');
  const links = [...text.matchAll(/\]\((?!\w+:)([^)#]*)(?:#([^)]*))?\)/g)];
  for (const [, path = '', anchor] of links) {
    const target = path === '' ? document : join(dirname(document), path);
    expect(existsSync(target), `${document}: ${path}`).toBe(true);
    if (anchor) expect(anchorsOf(readFileSync(target, 'utf8')), `${document}: #${anchor}`).toContain(anchor);
  }
});

test('the paper index names files that are there', () => {
  const named = readFileSync('docs/papers.md', 'utf8').matchAll(/`([\w/-]+\.ts)`/g);
  const missing = [...named].filter(([, name]) => !sources.some((path) => path.endsWith(`/${name}`)));
  expect(missing.map(([, name]) => name)).toEqual([]);
});
