import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const members = ['packages', 'apps'].flatMap((group) => readdirSync(group).map((name) => `${group}/${name}`));
const changesets = resolve('node_modules/@changesets/cli/bin.js');
const hasGit = spawnSync('git', ['--version']).status === 0;
const copy = mkdtempSync(join(tmpdir(), 'halokit_release_'));

/** A copy of what a release reads and writes, with its own history, since a release asks git who added a changeset. */
beforeAll(() => {
  const manifests = members.map((member) => `${member}/package.json`);
  for (const path of ['package.json', 'pnpm-workspace.yaml', '.changeset', ...manifests]) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    cpSync(path, join(copy, path), { recursive: true });
  }
  if (!hasGit) return;
  execute('git', 'init', '--quiet', '--initial-branch=main');
  commit();
});

afterAll(() => rmSync(copy, { recursive: true }));

/** Nothing of the person's own git (identity, hooks, a repository named by a variable) reaches the copy. */
const person = { NAME: 'Test', EMAIL: 'test@example.org' };
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))),
  ...Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap((role) =>
      Object.entries(person).map(([key, value]) => [`GIT_${role}_${key}`, value]),
    ),
  ),
  GIT_CONFIG_GLOBAL: devNull,
  GIT_CONFIG_SYSTEM: devNull,
};

function execute(command: string, ...args: string[]): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: copy, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} failed\n${stdout}${stderr}`);
}

function commit(): void {
  execute('git', 'add', '--all');
  execute('git', 'commit', '--quiet', '--message', 'A change');
}

/** Releases what the changesets ask for, and gives every package's version. */
function release(): Record<string, string> {
  const { status, stdout, stderr } = spawnSync(process.execPath, [changesets, 'version'], {
    cwd: copy,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stdout + stderr);
  commit();
  const manifests = members.map((member) => JSON.parse(readFileSync(join(copy, member, 'package.json'), 'utf8')));
  return Object.fromEntries(manifests.map(({ name, version }) => [name.replace('@halokit/', ''), version]));
}

/** How each version that changed moved: `minor` or `patch`. */
function moves(before: Record<string, string>, after: Record<string, string>): Record<string, string> {
  const parts = (version = '') => version.split('.').map(Number);
  const kind = (name: string) =>
    ['major', 'minor', 'patch'].find((_, i) => parts(before[name])[i] !== parts(after[name])[i]);
  const moved = Object.keys(after).filter((name) => before[name] !== after[name]);
  return Object.fromEntries(moved.map((name) => [name, kind(name) ?? 'none']));
}

function changeset(name: string, text: string): void {
  writeFileSync(join(copy, '.changeset', `${name}.md`), text);
  commit();
}

test.skipIf(!hasGit)('a changeset moves its package and those built on it, and no other (skipped without git)', () => {
  const first = release();
  changeset('a_new_loss', '---\n"@halokit/losses": minor\n---\n\nA new loss.\n');
  const second = release();
  expect(moves(first, second)).toEqual({ losses: 'minor', trainer: 'patch', archangel: 'patch' });

  changeset('a_better_plan', '---\n"@halokit/trainer": minor\n---\n\nA better plan.\n');
  const third = release();
  expect(moves(second, third)).toEqual({ trainer: 'minor', archangel: 'patch' });
  expect(readFileSync(join(copy, 'packages/trainer/CHANGELOG.md'), 'utf8')).toContain('A better plan.');
});
