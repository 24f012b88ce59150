import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { quiet } from './child.mjs';
import { recipeOf } from './docs_recipe';
import { pnpm } from './setup.mjs';

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, unknown>>;
}

const members = ['packages', 'apps'].flatMap((group) => readdirSync(group).map((name) => `${group}/${name}`));
const manifests: Manifest[] = members.map((member) => JSON.parse(readFileSync(`${member}/package.json`, 'utf8')));
const folder = mkdtempSync(join(tmpdir(), 'halokit_tarballs_'));

function execute(command: string, args: readonly string[], cwd = '.'): string {
  return execFileSync(command, args, { cwd, env: { ...process.env, ...quiet }, encoding: 'utf8', maxBuffer: 1 << 26 });
}

beforeAll(() => {
  execute('npx', [...pnpm, 'exec', 'turbo', 'run', 'build', '--output-logs=errors-only']);
  execute('npx', [...pnpm, '--recursive', 'pack', '--pack-destination', folder]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The tarball of a package: `halokit-losses-0.1.0.tgz` for `@halokit/losses`. */
function tarballOf({ name }: Manifest): string {
  const start = `${name.replace('@', '').replace('/', '-')}-`;
  const found = readdirSync(folder).find((file) => file.startsWith(start) && file.endsWith('.tgz'));
  if (!found) throw new Error(`No tarball of ${name}.`);
  return resolve(folder, found);
}

test('a dry run would publish every package', () => {
  const output = execute('npx', [...pnpm, '--recursive', 'publish', '--dry-run', '--no-git-checks']);
  for (const { name } of manifests) expect(output).toContain(`+ ${name}@`);
});

test.each(manifests)('the tarball of $name holds what it needs and no more', (manifest) => {
  const tarball = tarballOf(manifest);
  const files = execute('tar', ['-tzf', tarball]).split('\n');
  const missing = ['LICENSE', 'README.md'].filter((file) => !files.includes(`package/${file}`));
  expect(missing).toEqual([]);
  expect(files.filter((file) => /\.test\.ts$|fixtures|node_modules/.test(file))).toEqual([]);
  expect(execute('tar', ['-xzOf', tarball, 'package/package.json'])).not.toMatch(/"(workspace|catalog):/);
});

describe('installed by plain npm', () => {
  beforeAll(() => {
    const ours = Object.fromEntries(manifests.map((manifest) => [manifest.name, `file:${tarballOf(manifest)}`]));
    const peers = { '@tensorflow/tfjs-core': '4.22.0', '@tensorflow/tfjs-backend-wasm': '4.22.0' };
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ dependencies: { ...ours, ...peers }, overrides: ours }),
    );
    execute('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], folder);

    const entries = manifests.flatMap(({ name, exports = {} }) =>
      Object.keys(exports).map((path) => path.replace('.', name)),
    );
    const load = entries.map((entry) => `require('${entry}');\nawait import('${entry}');\n`).join('');
    const script = `import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\n${load}`;
    writeFileSync(join(folder, 'load.mjs'), `${script}console.log('loaded on', process.version);\n`);
  });

  test.each(['20', '22', '24'])('every entry loads on Node %s as ES module and as CommonJS', (version) => {
    expect(execute('npx', ['--yes', `node@${version}`, 'load.mjs'], folder)).toContain(`loaded on v${version}.`);
  });

  test('the questions for a judge are found, from an ES module and from CommonJS', () => {
    const find = `readQuestionForm('helpful').then(({ sha256 }) => console.log(sha256))`;
    const imported = `import('@halokit/evaluation/node').then(({ readQuestionForm }) => ${find})`;
    const required = `const { readQuestionForm } = require('@halokit/evaluation/node'); ${find}`;
    const found = [imported, required].map((script) => execute(process.execPath, ['--eval', script], folder).trim());
    expect(found).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), found[0]]);
  });

  test.each(['20', '22', '24'])('the app starts on Node %s', (version) => {
    const app = 'node_modules/@halokit/archangel/dist/main.js';
    expect(execute('npx', ['--yes', `node@${version}`, app, '--help'], folder)).toContain('archangel');
  });
});

describe('docs/add-a-halo.md, on the tarballs in an empty folder', () => {
  const empty = mkdtempSync(join(tmpdir(), 'recipe_'));
  afterAll(() => rmSync(empty, { recursive: true, force: true }));
  const few = ['--sft-steps', '3', '--align-steps', '1', '--prompts', '8'];

  /** As `npm install` with these arguments, our own packages from their tarballs, wherever they are asked for. */
  function install(args: readonly string[]): void {
    const ours = Object.fromEntries(manifests.map((manifest) => [manifest.name, `file:${tarballOf(manifest)}`]));
    const names = args.filter((arg) => !arg.startsWith('--'));
    const dependencies = Object.fromEntries(names.map((name) => [name, ours[name] ?? '*']));
    const file = join(empty, 'package.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...manifest, dependencies, overrides: ours }));
    const flags = args.filter((arg) => arg.startsWith('--'));
    execute('npm', ['install', ...flags, '--no-audit', '--no-fund'], empty);
  }

  const steps = recipeOf(readFileSync('docs/add-a-halo.md', 'utf8'));
  const numbered = steps.map(
    (step, i) => [i + 1, step.kind === 'file' ? `write ${step.name}` : step.line, step] as const,
  );
  test.each(numbered)('step %d: %s', (_, __, step) => {
    if (step.kind === 'file') return writeFileSync(join(empty, step.name), step.text);
    const [program = '', ...args] = step.line.split(' ');
    if (program === 'mkdir') return;
    if (program === 'npm' && args[0] === 'install') return install(args.slice(1));
    // Without `--no`, npx would look for a package that is not installed in the registry.
    if (program === 'npx') args.unshift('--no');
    execute(program, args.includes('demo') ? [...args, ...few] : args, empty);
  });

  test.each(['20', '22', '24'])('the loss in TypeScript loads on Node %s', (version) => {
    const app = 'node_modules/@halokit/archangel/dist/main.js';
    const output = execute('npx', ['--yes', `node@${version}`, app, 'check', './patient.ts'], empty);
    expect(output).toContain('patient meets the definition of a human-aware loss.');
  });
});
