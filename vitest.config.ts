import { readdirSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

const roots = ['packages', 'apps'].flatMap((group) => readdirSync(group).map((name) => `${group}/${name}`));

/** Every package is a project; tests run on the sources, so none needs a build. */
export default defineConfig({
  ssr: { resolve: { conditions: ['@halokit/source', 'module', 'node', 'development|production'] } },
  resolve: { conditions: ['@halokit/source', 'module', 'node', 'development|production'] },
  test: {
    testTimeout: 120_000,
    projects: roots.map((root) => ({
      extends: true,
      test: { name: root.split('/')[1], root, include: ['src/**/*.test.ts'] },
    })),
  },
});
