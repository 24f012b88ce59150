import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recipeOf } from './docs_recipe';

const app = resolve('apps/archangel');
const fromSource = ['--conditions=@halokit/source', '--import', createRequire(import.meta.url).resolve('tsx')];

test('a recipe is its files and commands, in order', () => {
  const text =
    'Do\n```sh\nnpm init  # first\n\nnpm test\n```\nand\n```ts\n// a.ts\nx;\n```\n```ts\ny;\n```\n```text\nz\n```\n';
  expect(recipeOf(text)).toEqual([
    { kind: 'command', line: 'npm init' },
    { kind: 'command', line: 'npm test' },
    { kind: 'file', name: 'a.ts', text: '// a.ts\nx;\n' },
  ]);
});

// Its commands are run, in order and from the tarballs, by release.slow.test.ts.
describe('docs/add-a-halo.md, on the sources', () => {
  const folder = mkdtempSync(join(tmpdir(), 'recipe-'));
  const document = readFileSync('docs/add-a-halo.md', 'utf8');
  const steps = recipeOf(document);
  const files = steps.flatMap((step) => (step.kind === 'file' ? [step] : []));

  beforeAll(() => {
    link('@halokit/losses', resolve('packages/losses'));
    for (const name of ['@tensorflow/tfjs', '@tensorflow/tfjs-core', 'tsx'])
      link(name, join(app, 'node_modules', name));
    writeFileSync(join(folder, 'package.json'), '{}');
    for (const { name, text } of files) writeFileSync(join(folder, name), text);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function link(name: string, target: string): void {
    const path = join(folder, 'node_modules', name);
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(target, path, 'junction');
  }

  function run(...args: string[]) {
    return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  }

  test('has its types right', () => {
    const compilerOptions = { typeRoots: [resolve('node_modules/@types')] };
    const config = { extends: resolve('tsconfig.base.json'), compilerOptions, files: files.map(({ name }) => name) };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
    expect(run(resolve('node_modules/typescript/bin/tsc')).stdout).toBe('');
  });

  test('checks say what it says they say', () => {
    const plain = (text: string) => text.replaceAll(/\s+/g, ' ').trim();
    const check = (file: string) => plain(run(...fromSource, join(app, 'src/main.ts'), 'check', file).stdout);
    const quoted = /^```text\n(✗ .*?)^```$/ms.exec(document)?.[1] ?? '';
    const averse = check('./averse.ts');
    expect(averse).toMatch(/averse keeps all \d+ rules/);
    expect(averse).toContain(plain(quoted));
    expect(check('./patient.ts')).toMatch(/patient keeps all \d+ rules.*patient meets the definition/);
  });
});
