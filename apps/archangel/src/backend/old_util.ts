import Module from 'node:module';
import { sep } from 'node:path';
import util from 'node:util';

/** What @tensorflow/tfjs-node(-gpu) 4.22.0 calls of `util`, and Node took out of it: the first in 23, the second some day. */
const removed: Readonly<Record<string, (value: unknown) => boolean>> = {
  isNullOrUndefined: (value) => value === null || value === undefined,
  isArray: Array.isArray,
};

/**
 * Loads CommonJS modules of one folder, which get a `util` that has what Node has taken out of it. Everybody else's stays as
 * it is, and theirs holds for as long as they live: what a module calls by the name it required is looked up when it is called.
 *
 * @param folder the package's, with no links in its path
 */
export function withOldUtil<T>(folder: string, load: () => T, known: object = util): T {
  const missing = Object.entries(removed).filter(([name]) => !(name in known));
  if (missing.length === 0) return load();
  const old = Object.create(known, Object.fromEntries(missing.map(([name, value]) => [name, { value }])));
  const { require } = Module.prototype;
  Module.prototype.require = Object.assign(function (this: NodeModule, id: string) {
    const isTheirs = /^(node:)?util$/.test(id) && this.filename.startsWith(`${folder}${sep}`);
    return isTheirs ? old : require.call(this, id);
  }, require);
  try {
    return load();
  } finally {
    Module.prototype.require = require;
  }
}
