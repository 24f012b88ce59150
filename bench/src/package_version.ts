import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/** The version of the package that a module would get by this name, each name looked up from the one before it. */
export function packageVersion(from: string, ...names: string[]): string | undefined {
  let file = from;
  for (const name of names) {
    const folders = createRequire(file).resolve.paths(name) ?? [];
    const found = folders.map((folder) => join(folder, name, 'package.json')).find((path) => existsSync(path));
    if (found === undefined) return undefined;
    file = realpathSync(found);
  }
  const { version }: { version?: string } = JSON.parse(readFileSync(file, 'utf8'));
  return version;
}
