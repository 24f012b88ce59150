import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sourceBreaches } from './architecture';
import { manifestBreaches } from './layers';

const root = new URL('../', import.meta.url);
const members = ['packages', 'apps'].flatMap((group) =>
  readdirSync(new URL(group, root)).map((name) => `${group}/${name}`),
);

function sourcesOf(member: string): string[] {
  const all = readdirSync(new URL(member, root), { recursive: true, encoding: 'utf8' });
  const files = all
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => /^(src|test)\/.*\.[cm]?[jt]sx?$/.test(file));
  return files.map((file) => `${member}/${file}`);
}

const read = (file: string) => readFileSync(new URL(file, root), 'utf8');

test('no source file of this repository breaks a rule', () => {
  const sources = members.flatMap(sourcesOf);
  expect(sources.length).toBeGreaterThan(50);
  expect(sources.flatMap((file) => sourceBreaches(file, read(file)))).toEqual([]);
});

test('no package depends on one that it may not import', () => {
  expect(
    members.map((member) => `${member}/package.json`).flatMap((file) => manifestBreaches(file, read(file))),
  ).toEqual([]);
});

/** Each bad line on its own must be refused with a rule that says this. */
const refused: readonly (readonly [file: string, line: string, rule: string])[] = [
  ['packages/losses/src/kto.ts', `import type { Feedback } from '@halokit/data';`, 'imports @halokit/data'],
  ['packages/losses/src/kto.ts', `import { type Feedback } from '@halokit/data';`, 'imports @halokit/data'],
  ['packages/losses/src/kto.ts', `export type { Feedback } from '@halokit/data';`, 'imports @halokit/data'],
  ['packages/losses/src/kto.ts', `export * from '@halokit/data';`, 'imports @halokit/data'],
  ['packages/losses/src/kto.ts', `let x: import('@halokit/data').Feedback;`, 'imports @halokit/data'],
  ['packages/losses/src/kto.ts', `const x = await import('@halokit/data');`, 'imports @halokit/data'],
  ['packages/losses/src/kto.ts', `const name = 'x'; await import(name);`, 'name is computed'],
  ['packages/losses/src/kto.ts', `import x = require('@halokit/data');`, 'imports @halokit/data'],
  ['packages/losses/src/kto.ts', `/// <reference path="../../data/src/feedback.ts" />`, 'reaches out of its package'],
  ['packages/losses/src/kto.ts', `import { x } from '../../data/src/feedback';`, 'reaches out of its package'],
  ['packages/losses/src/kto.test.ts', `import { x } from '@halokit/trainer';`, 'imports @halokit/trainer'],
  ['packages/losses/src/kto.ts', `import { oracle } from '../test/oracle';`, 'not published'],
  ['packages/models/src/llama.ts', `import { kto } from '@halokit/losses';`, 'imports @halokit/losses'],
  [
    'packages/models/src/llama.ts',
    `import '@halokit/tfjs-backend-onnxruntime';`,
    'imports @halokit/tfjs-backend-onnxruntime',
  ],
  ['packages/tfjs-backend-onnxruntime/src/backend.ts', `import '@halokit/models';`, 'imports @halokit/models'],
  ['packages/tfjs-backend-onnxruntime/src/backend.ts', `process.env.THREADS;`, 'belongs to the app'],
  ['packages/trainer/src/step.ts', `import { wilson } from '@halokit/evaluation';`, 'imports @halokit/evaluation'],
  ['packages/trainer/src/step.ts', `import { demo } from '@halokit/archangel';`, 'imports @halokit/archangel'],
  ['packages/trainer/src/step.ts', `import { load } from '@halokit/models/node';`, 'outside src/node'],
  ['packages/data/src/hh.ts', `import { readFileSync } from 'node:fs';`, 'outside src/node'],
  ['packages/data/src/hh.ts', `import type { HubFile } from '@halokit/hub';`, 'outside src/node'],
  ['packages/trainer/src/node/save.ts', `import { fetchFiles } from '@halokit/hub';`, 'imports @halokit/hub'],
  ['packages/hub/src/options.ts', `process.env.HF_TOKEN;`, 'belongs to the app'],
  ['packages/data/src/hh.ts', `import { readFile } from 'fs/promises';`, 'outside src/node'],
  ['packages/data/src/hh.ts', `/// <reference types="node" />`, 'outside src/node'],
  ['packages/data/src/hh.ts', `import type { Lines } from './node/lines';`, 'from src/node outside it'],
  ['packages/data/src/index.ts', `export * from './node';`, 'from src/node outside it'],
  ['packages/data/src/hh.ts', `const bytes: Buffer = read();`, `Node's Buffer`],
  ['packages/data/src/hh.ts', `const fs = require('node:fs');`, 'outside src/node'],
  ['packages/data/src/node/hh.ts', `const losses = require('@halokit/losses');`, 'imports @halokit/losses'],
  ['packages/data/src/node/hh.ts', `const path = require.resolve('@halokit/losses');`, 'imports @halokit/losses'],
  ['packages/data/src/hh.ts', `console.log(1);`, 'prints'],
  ['packages/data/src/node/hh.ts', `const { log } = console;`, 'prints'],
  ['packages/data/src/node/hh.ts', `globalThis['console'].log(1);`, 'prints'],
  ['packages/data/src/node/hh.ts', `import { log } from 'node:console';`, 'belongs to the app'],
  ['packages/data/src/node/hh.ts', `const { env } = process;`, 'belongs to the app'],
  ['packages/data/src/node/hh.ts', `import { env } from 'node:process';`, 'belongs to the app'],
  ['packages/data/src/node/hh.ts', `(process as Exit).exit(1);`, 'belongs to the app'],
  ['packages/data/src/node/hh.ts', `process?.stdout.write('x');`, 'belongs to the app'],
  ['packages/data/src/hh.ts', `const rss = process.memoryUsage();`, 'outside src/node'],
  ['packages/data/src/hh.ts', `const g = globalThis;`, 'anything may hide'],
  ['packages/trainer/src/step.ts', `await tf.setBackend('cpu');`, 'chooses a backend'],
  ['packages/trainer/src/step.ts', `const { setBackend: set } = tf;`, 'chooses a backend'],
  ['packages/trainer/src/step.ts', `import { setBackend as set } from '@tensorflow/tfjs-core';`, 'chooses a backend'],
  ['packages/trainer/src/step.ts', `import '@tensorflow/tfjs';`, 'imports the backend'],
  ['packages/trainer/src/step.ts', `import type {} from '@tensorflow/tfjs-backend-wasm';`, 'imports the backend'],
  ['packages/models/src/wasm/index.ts', `import '@tensorflow/tfjs-backend-cpu';`, 'imports the backend'],
  ['packages/models/src/wasm/index.ts', `tf.setBackend('wasm');`, 'chooses a backend'],
  [
    'apps/archangel/src/main.ts',
    `import { kto } from '../../../packages/losses/src/kto';`,
    'reaches out of its package',
  ],
];

test.each(refused)('%s must not say %s', (file, line, rule) => {
  const found = sourceBreaches(file, `const first = 1;\n${line}\n`.replace(/^.*\n(\/\/\/)/, '$1'));
  expect(found.map((breach) => breach.rule).join('; ')).toContain(rule);
});

test('a breach names its line', () => {
  const [breach] = sourceBreaches('packages/losses/src/kto.ts', `\n\nimport '@halokit/data';\n`);
  expect(breach).toEqual({ file: 'packages/losses/src/kto.ts', line: 3, rule: 'imports @halokit/data' });
});

test.each([
  ['packages/losses/src/kto.ts', `import * as tf from '@tensorflow/tfjs-core';\nimport { x } from './log_ratio';`],
  [
    'packages/losses/src/kto.ts',
    `interface Job { process: number; console(): void }\nexport const at = (job: Job) => job.process;`,
  ],
  ['packages/losses/src/kto.ts', `export const counts = { process: 1, console: 2 };\nexport let kind: Tools.Buffer;`],
  ['packages/losses/src/kto.ts', `class Job {\n  process = 1;\n}`],
  ['packages/data/src/node/hh.ts', `const used = (process as Memory).memoryUsage();`],
  [
    'packages/losses/src/kto.ts',
    `// console.log(process.env)\nexport const text = 'import "@halokit/data"; console.log(1)';`,
  ],
  [
    'packages/losses/src/kto.test.ts',
    `import '@tensorflow/tfjs';\nimport { join } from 'node:path';\ntf.setBackend('cpu');\nprocess.env.X;`,
  ],
  ['packages/losses/test/oracle.ts', `import { readFileSync } from 'node:fs';\nimport { kto } from '../src/kto';`],
  ['packages/models/src/wasm/index.ts', `import '@tensorflow/tfjs-backend-wasm';`],
  ['packages/models/src/node/load.ts', `import { fetchFiles } from '@halokit/hub';`],
  ['packages/hub/src/checksum.ts', `import { createHash } from 'node:crypto';`],
  ['packages/models/src/llama.test.ts', `import '@halokit/tfjs-backend-onnxruntime';`],
  ['packages/tfjs-backend-onnxruntime/src/binding/library.ts', `import { existsSync } from 'node:fs';`],
  [
    'packages/models/src/node/load.ts',
    `import { open } from 'node:fs/promises';\nimport { x } from '../config';\nprocess.memoryUsage();`,
  ],
  ['packages/trainer/src/node/save.ts', `import { saveCheckpoint } from '@halokit/models/node';`],
  [
    'packages/trainer/src/step.ts',
    `const now = globalThis.performance.now();\nimport type { Loss } from '@halokit/losses';`,
  ],
  [
    'apps/archangel/src/main.ts',
    `import '@halokit/losses';\nconsole.log(process.env.X);\ntf.setBackend('cpu');\nprocess.exit(1);`,
  ],
])('%s may say %s', (file, text) => {
  expect(sourceBreaches(file, text)).toEqual([]);
});

test('manifests are held to the same layers', () => {
  const manifest = JSON.stringify({
    dependencies: { zod: '4' },
    devDependencies: { '@halokit/trainer': 'workspace:^' },
  });
  expect(manifestBreaches('packages/losses/package.json', manifest)[0]?.rule).toBe('makes losses depend on trainer');
  expect(manifestBreaches('packages/unknown/package.json', '{}')[0]?.rule).toContain('gives unknown no layer');
  expect(manifestBreaches('apps/archangel/package.json', manifest)).toEqual([]);

  const backend = { '@halokit/tfjs-backend-onnxruntime': 'workspace:^' };
  const of = (manifest: object) => manifestBreaches('packages/models/package.json', JSON.stringify(manifest));
  expect(of({ devDependencies: backend })).toEqual([]);
  expect(of({ dependencies: backend })[0]?.rule).toBe('makes models depend on tfjs-backend-onnxruntime');
});
