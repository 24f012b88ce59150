import { mkdtempSync, readdirSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const packages = ['packages', 'apps'].flatMap((group) => readdirSync(group).map((name) => `${group}/${name}`));
const members = [...packages, 'bench'];
/** What the app keeps for later runs: not those of whoever runs the tests. */
const cache = mkdtempSync(join(tmpdir(), 'halokit-cache-'));
const conditions = ['@halokit/source', 'module', 'node', 'development|production'];

/**
 * Every package is a project, and the workspace itself is one. Tests run on the sources, so none needs a build.
 * `vitest --mode slow` runs the tests that take minutes, `*.slow.test.ts`, and no others.
 */
export default defineConfig(({ mode }) => {
  const slow = mode === 'slow';
  const timeout = slow ? 1_800_000 : 120_000;
  const tests = (folder: string) => ({
    include: [`${folder}/**/*${slow ? '.slow' : ''}.test.ts`],
    exclude: slow ? [] : [`${folder}/**/*.slow.test.ts`],
    // Not above: what a project inherits from there is computed for another mode.
    testTimeout: timeout,
    hookTimeout: timeout,
    env: { XDG_CACHE_HOME: cache },
  });
  return {
    ssr: { resolve: { conditions } },
    resolve: { conditions },
    test: {
      maxConcurrency: 2,
      // By default a core stays idle, half of all where there are two.
      maxWorkers: availableParallelism(),
      passWithNoTests: slow,
      onConsoleLog: (log) => !log.includes('you are running TensorFlow.js in Node.js'),
      projects: [
        // First: it has the longest file, which would otherwise keep one core busy at the end.
        { extends: true as const, test: { name: 'workspace', ...tests('scripts') } },
        ...members.map((root) => ({
          extends: true as const,
          test: { name: root.split('/').at(-1), root, ...tests('src') },
        })),
      ],
    },
  };
});
