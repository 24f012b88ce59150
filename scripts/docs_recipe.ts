// What a reader of a document does: the files it tells them to write and the commands it tells them to run, in order.
import { readdirSync } from 'node:fs';

export type Step =
  | { readonly kind: 'file'; readonly name: string; readonly text: string }
  | { readonly kind: 'command'; readonly line: string };

/** Every document whose commands a reader may copy. */
export function documents(): string[] {
  const packages = readdirSync('packages').map((name) => `packages/${name}/README.md`);
  const docs = readdirSync('docs').filter((name) => name.endsWith('.md'));
  return [
    'README.md',
    'apps/archangel/README.md',
    ...docs.map((name) => `docs/${name}`),
    ...packages,
    'bench/README.md',
  ];
}

/**
 * The steps of a Markdown document: `sh` blocks are commands, a line each unless it ends in `\`, and `ts` and `js` blocks that
 * begin with their file's name in a comment are files. Other blocks are to be read.
 */
export function recipeOf(markdown: string): Step[] {
  const blocks = markdown.matchAll(/^```(\w+)\n(.*?)^```$/gms);
  return [...blocks].flatMap(([, language, text = '']): Step[] => {
    if (language === 'sh') return commandsOf(text).map((line) => ({ kind: 'command', line }));
    const name = /^\/\/ (\S+\.(?:ts|mjs))\n/.exec(text)?.[1];
    return (language === 'ts' || language === 'js') && name ? [{ kind: 'file', name, text }] : [];
  });
}

function commandsOf(text: string): string[] {
  return text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/ +# .*$/, '').trim())
    .filter((line) => line !== '');
}
