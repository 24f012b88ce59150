// Loads every entry of the built package in the current folder in plain Node, as ES module and as CommonJS,
// through its own `exports`: what a user's `import` and `require` will do.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const require = createRequire(resolve('package.json'));
const problems = [];
const values = { import: new Map(), require: new Map() };

for (const subpath of Object.keys(manifest.exports)) {
  const entry = subpath.replace('.', manifest.name);
  const target = manifest.exports[subpath].import.default;
  const required = require(entry);
  const imported = await import(pathToFileURL(resolve(target)).href);
  const found = require.resolve(entry);
  if (dirname(found) !== resolve(dirname(target))) problems.push(`${entry} resolves to ${found}, not into dist.`);

  const [names, commonNames] = [imported, required].map((module) => Object.keys(module).sort().join(', '));
  if (names !== commonNames)
    problems.push(`${entry} exports (${names}) as ES module but (${commonNames}) as CommonJS.`);
  compareIdentity('import', entry, imported);
  compareIdentity('require', entry, required);
}

/** A class exported by two entries must be one class, or `instanceof` fails between them. */
function compareIdentity(way, entry, module) {
  for (const [name, value] of Object.entries(module)) {
    const known = values[way].get(name);
    if (known && known.value !== value)
      problems.push(`${entry} and ${known.entry} (${way}) hold two copies of ${name}.`);
    values[way].set(name, { entry, value });
  }
}

for (const problem of problems) console.error(`${manifest.name}: ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;
