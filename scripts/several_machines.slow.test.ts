import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { appWords, started } from '../apps/archangel/test/archangel';
import { launched, launchers } from '../apps/archangel/test/launched';
import { metricsOf, small, thumbs } from '../apps/archangel/test/own_training';
import { slurmCluster } from '../apps/archangel/test/slurm_cluster';
import { hosts } from '../packages/distributed/test/hosts';
import { recipeOf } from './docs_recipe';

// Ranks that wait for each other would do so for ever.
vi.setConfig({ testTimeout: 600_000 });

const folder = mkdtempSync(join(tmpdir(), 'machines-'));
const at = (...path: string[]) => join(folder, ...path);
const document = readFileSync('docs/train-on-several-machines.md', 'utf8');
const few = [...small, '--max-steps', '6', '--sft.max-steps', '6', '--threads', '1'];
const train = ['train', '--method', 'kto', '--data', at('thumbs.jsonl'), ...few];
const two = hosts(2);
const skippedHosts = typeof two === 'string' ? `: skipped, for ${two}` : '';

beforeAll(() => writeFileSync(at('thumbs.jsonl'), thumbs().join('\n')));
afterAll(() => {
  if (typeof two !== 'string') two.stop();
  rmSync(folder, { recursive: true });
});

describe.each(launchers)('$name', (launcher) => {
  const skipped = launcher.skipped || skippedHosts;
  test.skipIf(skipped !== '')(
    `a rank on each of two hosts trains what two ranks of one host do${skipped}`,
    async () => {
      if (typeof two === 'string') throw new Error(two);
      two.limit(1e9);
      const places = [at(`${launcher.name}-one-host`), at(`${launcher.name}-two-hosts`)] as const;
      const near = await launched(launcher, 2, ...train, '--out', places[0]).ended;
      const apart = await two.start(launcher.name, [...appWords, ...train, '--out', places[1]]).ended;
      expect([near.status, apart.status], near.text + apart.text).toEqual([0, 0]);
      expect(apart.text).toMatch(/^Backend: .*; 2 ranks on host-10-77-0-1 and host-10-77-0-2, by /m);
      for (const stage of ['sft', 'kto']) {
        expect(await metricsOf(places[1], stage)).toEqual(await metricsOf(places[0], stage));
      }
    },
  );
});

const noOpenMpi = launchers.find(({ name }) => name === 'openmpi')?.skipped ?? '';

test.skipIf(noOpenMpi !== '')(`the first command of the document${noOpenMpi}`, async () => {
  const [first] = recipeOf(document);
  const words = first?.kind === 'command' ? first.line.split(' ') : [];
  expect(words.slice(0, 2)).toEqual(['mpirun', '-np']);
  const app = words.indexOf('archangel');
  const own = words.slice(app + 1).map((word) => (word === 'thumbs.jsonl' ? at(word) : word));
  const before = ['mpirun.openmpi', '--oversubscribe', ...words.slice(1, app)];
  const environment = { OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' };
  const { status, text } = await started([...before, ...appWords, ...own, ...few, '--out', at('first')], environment)
    .ended;
  expect(status, text).toBe(0);
  expect(text).toContain('2 ranks on ');
});

const cluster = await slurmCluster();
const noSlurm =
  typeof cluster === 'string'
    ? `: skipped, for ${cluster}`
    : (launchers.find(({ name }) => name === 'mpich')?.skipped ?? '');

test.skipIf(noSlurm !== '')(`docs/examples/train.sbatch, submitted, and again once it is done${noSlurm}`, async () => {
  if (typeof cluster === 'string') throw new Error(cluster);
  try {
    const place = at('slurm');
    mkdirSync(place);
    // One node with two cores is all there is; Debian's Slurm starts MPICH's ranks by itself.
    const sizes = { nodes: '1', 'ntasks-per-node': '2', 'cpus-per-task': '1' };
    const script = Object.entries(sizes).reduce(
      (text, [name, size]) => text.replace(new RegExp(`--${name}=\\d+`), `--${name}=${size}`),
      readFileSync('docs/examples/train.sbatch', 'utf8'),
    );
    writeFileSync(join(place, 'train.sbatch'), script);
    const config = {
      method: 'kto',
      data: at('thumbs.jsonl'),
      heldOut: 0.2,
      batchSize: 8,
      maxSteps: 6,
      sft: { maxSteps: 6 },
    };
    writeFileSync(join(place, 'run.yaml'), JSON.stringify({ ...config, shape: { layers: 1, width: 16, heads: 2 } }));
    const variables = `ALL,LAUNCHER=srun --mpi=pmi2,ARCHANGEL_MPI=libmpich.so.12,ARCHANGEL=${appWords.join(' ')}`;
    const submit = async () => {
      await cluster.call('sbatch', `--chdir=${place}`, `--export=${variables}`, join(place, 'train.sbatch'));
      await cluster.idle();
      const log = readFileSync(join(place, `kto-${++submitted}.log`), 'utf8');
      return log;
    };
    let submitted = 0;
    expect(await submit()).toMatch(/2 ranks on .*Everything is in runs\/kto/s);
    const trained = await metricsOf(join(place, 'runs/kto'), 'kto');
    expect(trained).toHaveLength(4);
    // What is there is gone on with, and here nothing is left to do.
    expect(await submit()).toContain('runs/kto');
    expect(await metricsOf(join(place, 'runs/kto'), 'kto')).toEqual(trained);
  } finally {
    await cluster.stop();
  }
});
