import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import type {} from './packages/models/test/backends';
import { missingDriver } from './packages/tfjs-backend-onnxruntime/test/software_vulkan.ts';

const packages = ['packages', 'apps'].flatMap((group) => readdirSync(group).map((name) => `${group}/${name}`));
const members = [...packages, 'bench'];
/**
 * Members whose test files share a process, in which what they import from elsewhere is loaded once: no file changes what another
 * relies on. The others have an engine of their own in every file.
 */
const sharing = new Set(['archangel', 'bench', 'data', 'evaluation', 'hub', 'losses', 'trainer']);
/** Of these, the files that have modules replaced, or engines registered: each has a process of its own. */
const alone = [
  'apps/archangel/src/backend.test.ts',
  'apps/archangel/src/backend/tensorflow.test.ts',
  'apps/archangel/src/commands/train_reference.test.ts',
  'apps/archangel/src/plan/announce.test.ts',
];
/**
 * What tests, and programs that they start, put into the temporary folder, and what the app keeps for later runs: in a folder
 * of this run, which goes when it ends, whatever became of it.
 */
function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'halokit-tests-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

// This file is read again for every project, in one process.
const run = globalThis as { temporary?: string };
run.temporary ??= temporaryFolder();
const { temporary } = run;
const places = { XDG_CACHE_HOME: join(temporary, 'cache'), TMPDIR: temporary, TEMP: temporary, TMP: temporary };
/** Numbers that tests know are the processor's, on machines with a graphics processor too. */
const env = { ...places, ARCHANGEL_DEVICE: 'cpu' };
const conditions = ['@halokit/source', 'module', 'node', 'development|production'];

/** What takes longest begins first: at the end it would keep one core busy, and leave the others idle. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) =>
      /demo\.slow|release\.slow|streamed_pass\.slow|ranks\.slow/.test(moduleId);
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

/**
 * What slow tests run on a graphics processor in software: what the engine computes in these files, again, and files that are
 * there for nothing else.
 */
const onWebGpu = [
  'packages/models/src/checkpoints.test.ts',
  'packages/models/src/layers/fused.test.ts',
  'packages/models/src/adapters/gradients.test.ts',
  'packages/trainer/src/traces.test.ts',
  'packages/trainer/src/optimizers.test.ts',
  '{packages,apps}/*/src/**/*.webgpu.test.ts',
];

/**
 * Every package is a project, and the workspace itself is one. Tests run on the sources, so none needs a build.
 * `vitest --mode slow` runs the tests that take minutes, `*.slow.test.ts`, and no others.
 */
export default defineConfig(({ mode }) => {
  const slow = mode === 'slow';
  const timeout = slow ? 1_800_000 : 120_000;
  const tests = (folder: string) => ({
    include: [`${folder}/**/*${slow ? '.slow' : ''}.test.ts`],
    exclude: slow ? [] : [`${folder}/**/*.{slow,webgpu}.test.ts`, ...alone.map((file) => resolve(file))],
    // Not above: what a project inherits from there is computed for another mode.
    testTimeout: timeout,
    hookTimeout: timeout,
    env,
  });
  const webgpu = {
    ...{ ...tests(''), name: 'webgpu', include: onWebGpu, exclude: [] },
    setupFiles: ['packages/tfjs-backend-onnxruntime/test/on_webgpu.ts'],
    provide: { backends: ['onnxruntime'] },
  };
  const member = (root: string) => {
    const name = basename(root);
    if (slow || !sharing.has(name)) return { ...tests('src'), root, name };
    return { ...tests('src'), root, name, isolate: false, setupFiles: [resolve('scripts/leave_as_found.ts')] };
  };
  return {
    ssr: { resolve: { conditions } },
    resolve: { conditions },
    test: {
      maxConcurrency: 2,
      // By default a core stays idle, half of all where there are two. Slow tests often wait for processes that they started.
      maxWorkers: availableParallelism() + (slow ? 1 : 0),
      sequence: { sequencer: LongestFirst },
      passWithNoTests: slow,
      onConsoleLog: (log) => !log.includes('you are running TensorFlow.js in Node.js'),
      projects: [
        { extends: true as const, test: { name: 'workspace', ...tests('scripts') } },
        ...members.map((root) => ({ extends: true as const, test: member(root) })),
        ...(slow
          ? []
          : [{ extends: true as const, test: { ...tests(''), name: 'alone', include: alone, exclude: [] } }]),
        ...(slow && !missingDriver('lavapipe') ? [{ extends: true as const, test: webgpu }] : []),
      ],
    },
  };
});
