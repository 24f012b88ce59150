/** A command of the app as it is to be typed here: through npm, where it was started so. */
export function commandLine(...args: readonly string[]): string {
  const app = process.env.npm_lifecycle_event === 'archangel' ? 'npm run archangel --' : 'archangel';
  return [app, ...args.map(quoted)].join(' ');
}

/** As a shell reads it as one word. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
