// What a reader of a document does: the files it tells them to write and the commands it tells them to run, in order.

export type Step =
  | { readonly kind: 'file'; readonly name: string; readonly text: string }
  | { readonly kind: 'command'; readonly line: string };

/**
 * The steps of a Markdown document: `sh` blocks are commands, a line each, and `ts` blocks that begin with their file's name
 * in a comment are files. Other blocks are to be read.
 */
export function recipeOf(markdown: string): Step[] {
  const blocks = markdown.matchAll(/^```(\w+)\n(.*?)^```$/gms);
  return [...blocks].flatMap(([, language, text = '']): Step[] => {
    if (language === 'sh') return commandsOf(text).map((line) => ({ kind: 'command', line }));
    const name = /^\/\/ (\S+\.ts)\n/.exec(text)?.[1];
    return language === 'ts' && name ? [{ kind: 'file', name, text }] : [];
  });
}

function commandsOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/ +# .*$/, '').trim())
    .filter((line) => line !== '');
}
