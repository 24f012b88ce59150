import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import util from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { withOldUtil } from './old_util';

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'util-')));
afterAll(() => rmSync(folder, { recursive: true }));

/** As of Node 26 and later: nothing of what was taken out, everything else. */
const bare: object = { inspect: util.inspect };
const require = createRequire(join(folder, 'program.js'));

function load(names: readonly string[], known: object) {
  const inside = join(folder, 'inside');
  mkdirSync(join(inside, 'deep'), { recursive: true });
  const all = names.map((name) => {
    const file = join(folder, `${name}.js`);
    writeFileSync(file, `module.exports = require('util');`);
    return file;
  });
  return withOldUtil(inside, () => all.map((file) => require(file)), known);
}

test('modules of the folder get it, at any depth; others, and all later ones, do not', () => {
  const [own, deep, other] = load(['inside/a', 'inside/deep/b', 'inside2', 'c'], bare);
  for (const theirs of [own, deep]) {
    expect([null, undefined, 0, ''].map(theirs.isNullOrUndefined)).toEqual([true, true, false, false]);
    expect([[], {}].map(theirs.isArray)).toEqual([true, false]);
    expect(theirs.inspect).toBe(util.inspect);
  }
  expect(other).toBe(util);
  expect(bare).not.toHaveProperty('isArray');
  writeFileSync(join(folder, 'inside', 'late.js'), `module.exports = require('util');`);
  expect(require(join(folder, 'inside', 'late.js'))).toBe(util);
});

test('where Node still has it all, nothing is done', () => {
  const whole = { isNullOrUndefined: () => true, isArray: () => true };
  expect(load(['inside/whole'], whole)).toEqual([util]);
});

test('a load that throws leaves require as it was', () => {
  expect(() => withOldUtil(folder, () => require(join(folder, 'no-such-file')), bare)).toThrow('no-such-file');
  writeFileSync(join(folder, 'after.js'), `module.exports = require('util');`);
  expect(require(join(folder, 'after.js'))).toBe(util);
});
