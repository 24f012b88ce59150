import { build } from 'esbuild';
import { expect, test } from 'vitest';

/** Bundles an entry point for browsers with all it imports, and returns what it could not resolve there. */
async function unresolved(entry: string): Promise<string[]> {
  const options = { bundle: true, write: false, platform: 'browser', format: 'esm', target: 'es2022' } as const;
  try {
    await build({ ...options, entryPoints: [entry], conditions: ['@halokit/source'], logLevel: 'silent' });
    return [];
  } catch (error) {
    return (error as { errors: { text: string }[] }).errors.map(({ text }) => text);
  }
}

test.each([
  'packages/losses/src/index.ts',
  'packages/data/src/index.ts',
  'packages/models/src/index.ts',
  'packages/models/src/wasm/index.ts',
  'packages/trainer/src/index.ts',
])('%s, with all that it imports, is for browsers too', async (entry) => {
  expect(await unresolved(entry)).toEqual([]);
});

test('an entry point for Node is not', async () => {
  expect(await unresolved('packages/models/src/node/index.ts')).toContainEqual(
    expect.stringContaining('Could not resolve "node:fs/promises"'),
  );
});
