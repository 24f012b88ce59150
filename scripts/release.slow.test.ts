import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { quiet } from './child.mjs';
import { installs } from './docs_lines';
import { recipeOf } from './docs_recipe';
import { commandLine } from './docs_words';
import { ktoBackends, ktoPrograms, ktoStepsFile } from './kto_programs';
import { pnpm } from './setup.mjs';

interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, unknown>>;
}

const members = ['packages', 'apps'].flatMap((group) => readdirSync(group).map((name) => `${group}/${name}`));
const manifests: Manifest[] = members.map((member) => JSON.parse(readFileSync(`${member}/package.json`, 'utf8')));
const folder = mkdtempSync(join(tmpdir(), 'halokit_tarballs_'));

function execute(command: string, args: readonly string[], cwd = '.', env: NodeJS.ProcessEnv = {}): string {
  const all = { ...process.env, ...quiet, ...env };
  return execFileSync(command, args, { cwd, env: all, encoding: 'utf8', maxBuffer: 1 << 26 });
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

/** Runs `npm install ...` as a document has it; our own packages come from their tarballs, wherever they are asked for. */
function install(line: string, into: string): readonly string[] {
  const { env, args } = commandLine(line, into);
  const ours = Object.fromEntries(manifests.map((manifest) => [manifest.name, `file:${tarballOf(manifest)}`]));
  const names = args.slice(1).filter((arg) => !arg.startsWith('--'));
  const flags = args.slice(1).filter((arg) => arg.startsWith('--'));
  const file = join(into, 'package.json');
  const manifest = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const wanted = Object.fromEntries(names.map((name) => [name, ours[name] ?? '*']));
  const dependencies = { ...manifest.dependencies, ...wanted };
  writeFileSync(file, JSON.stringify({ ...manifest, dependencies, overrides: ours }));
  execute('npm', ['install', ...flags, '--no-audit', '--no-fund'], into, env);
  return names;
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

describe('installed as the documents say, in an empty folder each', () => {
  const folders: string[] = [];
  afterAll(() => {
    for (const into of folders) rmSync(into, { recursive: true, force: true });
  });
  const newFolder = () => {
    const into = mkdtempSync(join(tmpdir(), 'installed_'));
    folders.push(into);
    return into;
  };

  test.each(installs)('%s', (line) => {
    const into = newFolder();
    const ours = install(line, into).filter((name) => name.startsWith('@halokit/'));
    for (const name of ours) {
      const isApp = name === '@halokit/archangel';
      const load = `require('${name}'); import('${name}').then(() => console.log('loaded'))`;
      const said = isApp
        ? execute('npx', ['--no', 'archangel', '--', '--help'], into)
        : execute(process.execPath, ['--eval', load], into);
      expect(said).toContain(isApp ? 'archangel' : 'loaded');
    }
  });

  describe('three steps of KTO', () => {
    const into = newFolder();
    beforeAll(() => {
      const line = installs.find((said) => said.includes('@halokit/trainer')) ?? '';
      install(`${line} @tensorflow/tfjs-backend-wasm`, into);
      cpSync(ktoStepsFile, join(into, 'kto_steps.mjs'));
      for (const [name, text] of Object.entries(ktoPrograms)) writeFileSync(join(into, name), text);
    });

    const everyWay = ['20', '22', '24'].flatMap((version) =>
      Object.keys(ktoPrograms).map((name) => [name, version] as const),
    );
    test.each(everyWay)('%s on Node %s, by ONNX Runtime and WebAssembly', (name, version) => {
      const said = execute('npx', ['--yes', `node@${version}`, name], into)
        .trim()
        .split('\n');
      const losses: number[][] = said.map((line) => JSON.parse(line));
      expect(losses).toHaveLength(ktoBackends.length);
      for (const [first = 0, , last = 1] of losses) {
        expect(first).toBeCloseTo(0.5, 5);
        expect(last).toBeLessThan(0.49);
      }
      // Two engines, one computation.
      for (const [i, loss] of losses[0]?.entries() ?? []) expect(losses[1]?.[i]).toBeCloseTo(loss, 3);
    });
  });
});

describe('docs/add-a-halo.md, on the tarballs in an empty folder', () => {
  const empty = mkdtempSync(join(tmpdir(), 'recipe_'));
  afterAll(() => rmSync(empty, { recursive: true, force: true }));
  const few = ['--sft-steps', '3', '--align-steps', '1', '--prompts', '8'];

  const steps = recipeOf(readFileSync('docs/add-a-halo.md', 'utf8'));
  const numbered = steps.map(
    (step, i) => [i + 1, step.kind === 'file' ? `write ${step.name}` : step.line, step] as const,
  );
  test.each(numbered)('step %d: %s', (_, __, step) => {
    if (step.kind === 'file') return writeFileSync(join(empty, step.name), step.text);
    const [program = '', ...args] = step.line.split(' ');
    if (program === 'mkdir') return;
    if (program === 'npm' && args[0] === 'install') return void install(step.line, empty);
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
