import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { packageFolder, readmePrograms } from '../test/readme_programs';

test('the README’s programs have their types right', async () => {
  const folder = await readmePrograms();
  const root = join(packageFolder, '..', '..');
  const compilerOptions = {
    ...{ noEmit: true, allowImportingTsExtensions: true, typeRoots: [join(root, 'node_modules', '@types')] },
  };
  const config = { extends: join(root, 'tsconfig.base.json'), compilerOptions, files: ['align.ts', 'steady.ts'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const said = await promisify(execFile)(process.execPath, [tsc], { cwd: folder }).then(
    () => '',
    ({ stdout }) => stdout,
  );
  expect(said).toBe('');
  await rm(folder, { recursive: true, force: true });
});
