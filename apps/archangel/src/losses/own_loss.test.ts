import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { ownFolder } from '../../test/own_folder';

const program = fileURLToPath(new URL('../../test/load_losses.ts', import.meta.url));

interface Loaded {
  readonly name?: string;
  readonly defaults?: object;
  readonly copies?: { readonly tf: boolean; readonly losses: boolean };
  readonly error?: string;
}

/** Loads losses as the app does, in a process without vitest's own way of loading modules. */
function load(folder: string, ...files: string[]): Loaded[] {
  const source = ['--conditions=@halokit/source', '--import', 'tsx', program];
  const options = { encoding: 'utf8', cwd: fileURLToPath(new URL('.', import.meta.url)) } as const;
  const paths = files.map((file) => join(folder, file));
  const { stdout, stderr } = spawnSync(process.execPath, [...source, ...paths], options);
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  expect(lines, stderr).toHaveLength(files.length);
  return lines.map((line) => JSON.parse(line.replaceAll(`${folder}/`, '')));
}

const typescript = `
import * as losses from '@halokit/losses';
import * as tf from '@tensorflow/tfjs-core';
import { scale } from './scale';

(globalThis as { seen?: object }).seen = { tf, losses };

export const defaults = { beta: scale as number };

export default function myHalo({ beta } = defaults): losses.Loss {
  return { ...losses.kto({ beta }), name: 'my_halo' };
}
`;

const loss = (fields: string) =>
  `export default { name: 'mine', feedback: 'binary', losses: () => ({}), ${fields} };\n`;

describe('TypeScript loads beside any package.json, on the packages that the app is on', () => {
  test.each([
    ['that says nothing, as npm install makes it', {}],
    ['of CommonJS, as npm init makes it', { type: 'commonjs' }],
    ['of ES modules', { type: 'module' }],
  ])('%s', (_, manifest) => {
    const files = { 'my_halo.ts': typescript, 'scale.ts': 'export const scale: number = 0.2;\n', 'plain.js': loss('') };
    const [own, plain] = load(ownFolder(files, manifest), 'my_halo.ts', 'plain.js');
    expect(own).toEqual({ name: 'my_halo', defaults: { beta: 0.2 }, copies: { tf: true, losses: true } });
    expect(plain?.name).toBe('mine');
  });
});

test('another copy of TensorFlow.js in the person’s folder is left alone', () => {
  const files = { 'my_halo.ts': typescript, 'scale.ts': 'export const scale: number = 0.2;\n' };
  const folder = ownFolder(files);
  rmSync(join(folder, 'node_modules'), { recursive: true });
  for (const name of ['@halokit/losses', '@tensorflow/tfjs-core']) {
    const other = join(folder, 'node_modules', name);
    mkdirSync(other, { recursive: true });
    writeFileSync(join(other, 'package.json'), JSON.stringify({ name, version: '0.0.1', main: 'index.js' }));
    writeFileSync(join(other, 'index.js'), 'exports.kto = () => "another copy";\n');
  }
  expect(load(folder, 'my_halo.ts')[0]?.copies).toEqual({ tf: true, losses: true });
});

describe('what is no loss is refused in one line that names the fix', () => {
  const cases: Record<string, [file: string, text: string, error: string]> = {
    'no default export': ['a.ts', 'export const x: number = 1;\n', 'a.ts: has no default export. End it in'],
    'a number': ['b.ts', 'export default 3;\n', 'b.ts: its default export is of type number, and should be a loss.'],
    'a function of nothing': [
      'c.ts',
      'export default () => undefined;\n',
      'c.ts: what its function returns is of type',
    ],
    'a missing field': [
      'd.ts',
      "export default { name: 'mine', feedback: 'binary' };\n",
      'd.ts: its default export: losses: is missing; must be a function of rows',
    ],
    'a field of the wrong kind': [
      'e.ts',
      loss("prepare: 'no',"),
      'e.ts: its default export: prepare: must be a function',
    ],
    'feedback that is none': [
      'f.ts',
      loss("feedback: 'thumbs',"),
      'feedback: must be "demonstrations", "preferences" or "binary".',
    ],
    'a name no folder can have': ['g.ts', loss("name: 'my halo/2',"), 'name: must be of letters, digits, - and _'],
    'a misspelt need': [
      'h.ts',
      loss('needs: { refrence: true },'),
      'unknown key "needs.refrence". Did you mean "needs.reference"?',
    ],
    'a need of other feedback': [
      'i.ts',
      loss("feedback: 'preferences', needs: { kl: true },"),
      'needs.kl: is for binary feedback only.',
    ],
    'a syntax error': ['j.ts', 'export default {\n  name: ;\n};\n', 'j.ts: line 2, column 8: Unexpected ";".'],
    'a syntax error in JavaScript': ['j.mjs', 'export default {\n  name: ;\n};\n', 'j.mjs: line 2'],
    'a syntax error in what it imports': ['k.ts', "import './j.ts';\n", 'j.ts: line 2, column 8: Unexpected ";".'],
    'a package that is not there': [
      'l.ts',
      "import 'left-pad-2';\n",
      'l.ts: cannot find the package left-pad-2. Run npm install left-pad-2',
    ],
    'a file that is not there': ['m.ts', "import './nowhere';\n", 'm.ts: does not load: Cannot find module'],
    'a name that a package has not': [
      'n.ts',
      "import { kot } from '@halokit/losses';\nexport default kot();\n",
      "'@halokit/losses' does not provide an export named 'kot'",
    ],
    'an error while it loads': ['o.ts', "throw new Error('boom');\n", 'o.ts: does not load: boom'],
    'an error of its function': ['p.ts', "export default () => { throw new Error('no beta'); };\n", 'p.ts: no beta'],
  };
  let answers: Loaded[];
  beforeAll(() => {
    const files = Object.values(cases).map(([file, text]) => [file, text]);
    answers = load(ownFolder(Object.fromEntries(files)), ...files.map(([file]) => file as string), 'none.ts');
  });

  test.each(Object.entries(cases))('%s', (name, [, , error]) => {
    const answer = answers[Object.keys(cases).indexOf(name)]?.error;
    expect(answer).toMatch(/^InputError: /);
    expect(answer).toContain(error);
    expect(answer).not.toContain('\n');
  });

  test('no file', () => {
    expect(answers.at(-1)?.error).toBe('InputError: none.ts: there is no such file. Check the path.');
  });
});
