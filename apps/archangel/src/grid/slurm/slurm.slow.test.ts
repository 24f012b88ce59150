import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { answeringRun, pairsFile } from '../../../test/answering_run';
import { archangel } from '../../../test/archangel';
import { launchers } from '../../../test/launched';
import { runHere } from '../../../test/run_here';
import { slurmCluster } from '../../../test/slurm_cluster';
import { type Claim, claimOf } from '../claim';

const cluster = await slurmCluster();
const folder = mkdtempSync(join(tmpdir(), 'grid-'));

afterAll(async () => {
  if (typeof cluster !== 'string') await cluster.stop();
  rmSync(folder, { recursive: true });
});

const grid = `
models:
  tiny: { shape: { family: pythia, layers: 1, width: 32, heads: 2, context: 96 } }
methods: [sft, kto, sft+kto]
world: { demonstrations: 400, pairs: 64, heldOut: 24 }
base:
  data: '{world}/demonstrations.jsonl'
  tokenizer: '{world}/tokenizer'
  maxLength: 96
  maxPromptLength: 48
  batchSize: 16
  maxSteps: 8
train: { data: '{world}/train.jsonl', maxLength: 96, maxPromptLength: 48, batchSize: 16, microbatchSize: 16 }
sample: { data: '{world}/held-out.jsonl', prompts: 12, maxNewTokens: 16 }
judge: { judge: world }
slurm: { cpus: 1 }
`;

/** What the jobs of a grid made, by name. */
const made = [
  'tiny/seed-1/sft/sft/model.safetensors',
  'tiny/seed-1/kto/kto/model.safetensors',
  'tiny/seed-1/sft+kto/kto/model.safetensors',
  'tiny/seed-1/sft+kto/kto-completions.jsonl',
  'tiny/seed-1/sft+kto/kto-judgments-target-world.jsonl',
];

const skipped = typeof cluster === 'string' ? `: skipped, for ${cluster}` : '';

test.skipIf(skipped !== '')(
  `a grid on Slurm, a job of which is killed and submitted again, comes to the same as on this machine${skipped}`,
  async () => {
    if (typeof cluster === 'string') throw new Error(cluster);
    vi.stubEnv('SLURM_CONF', cluster.env.SLURM_CONF);
    const file = join(folder, 'tiny.yaml');
    writeFileSync(file, grid);
    // A name that a shell and Slurm would each read their own way.
    const out = join(folder, "it's 100%j on slurm");
    const command = ['grid', 'run', file, '--out', out, '--on', 'slurm'];
    const submit = () => run(join(folder, 'cache on slurm'), ...command);
    expect(await submit()).toMatch(/1-world: 1 job\n.*2-tiny: 1 job, after 1-world/s);
    expect((await runHere(...command)).stdout).toMatch(/Slurm has [67] jobs already\.\nNothing is left to submit/);

    await killInTheMiddle(out, 'tiny/seed-1/sft');
    await cluster.idle();
    expect(await statesIn(out)).toEqual({
      'world/seed-1': 'done',
      'tiny/seed-1/base': 'done',
      'tiny/seed-1/reference-base': 'done',
      'tiny/seed-1/kto': 'done',
      'tiny/seed-1/sft': 'waiting',
      'tiny/seed-1/reference-sft': 'waiting',
      'tiny/seed-1/sft+kto': 'waiting',
    });
    expect(logsIn(out).match(/comes after tiny\/seed-1\/sft, which is not done/g)).toHaveLength(2);

    expect((await submit()).match(/: \d jobs?/g)).toEqual([': 7 jobs', ': 1 job', ': 1 job', ': 1 job']);
    await cluster.idle();
    expect(new Set(Object.values(await statesIn(out)))).toEqual(new Set(['done']));

    const local = join(folder, 'local');
    await run(join(folder, 'cache here'), 'grid', 'run', file, '--out', local);
    for (const name of made) {
      expect(readFileSync(join(out, name)).equals(readFileSync(join(local, name))), name).toBe(true);
    }
  },
);

const mpich = launchers.find(({ name }) => name === 'mpich')?.skipped;

test.skipIf(skipped !== '' || mpich !== '')(
  `cells of two ranks, asked to stop in the middle and gone on with, come to what one comes to${skipped || mpich}`,
  async () => {
    if (typeof cluster === 'string') throw new Error(cluster);
    vi.stubEnv('SLURM_CONF', cluster.env.SLURM_CONF);
    const data = pairsFile(join(folder, 'pairs.jsonl'), 'a', 200);
    await answeringRun(join(folder, 'start'), { method: 'sft', data, seed: 1 }, ['sft']);
    await answeringRun(join(folder, 'rm'), { method: 'bradleyTerry', data, seed: 1 }, ['bradleyTerry']);
    const file = join(folder, 'ranks.yaml');
    const lengths = { maxLength: 64, maxPromptLength: 32, batchSize: 8, microbatchSize: 8, epochs: 2 };
    const training = { ...lengths, heldOut: 0.1, learningRate: 1e-4 };
    const config = {
      models: { tiny: { model: join(folder, 'start/sft') } },
      ...{ methods: ['kto'], train: { data, ...training }, sample: { prompts: 12, maxNewTokens: 8 } },
      judge: { judge: join(folder, 'rm') },
      slurm: {
        ...{ ranks: 2, cpus: 1, launcher: 'srun --mpi=pmi2' },
        setup: 'export ARCHANGEL_MPI=libmpich.so.12',
      },
    };
    writeFileSync(file, stringify(config));
    const out = join(folder, 'ranks');
    const submit = () => run(join(folder, 'cache of ranks'), 'grid', 'run', file, '--out', out, '--on', 'slurm');
    expect(await submit()).toContain('Each job: 2 ranks of 1 core, ');
    const cell = join(out, 'tiny/seed-1/kto');
    const metrics = join(cell, 'kto-metrics.jsonl');
    // Which is there before the first step.
    while (!existsSync(metrics) || readFileSync(metrics).length === 0) {
      expect(await cluster.call('squeue', '--noheader'), logsIn(out)).not.toBe('');
      await setTimeout(20);
    }
    await cluster.call('scancel', '--batch', '--signal=USR2', '--state=RUNNING', '--me');
    await cluster.idle();
    expect(await statesIn(out)).toEqual({ 'tiny/seed-1/reference-base': 'done', 'tiny/seed-1/kto': 'waiting' });
    await submit();
    await cluster.idle();
    expect(new Set(Object.values(await statesIn(out))), logsIn(out)).toEqual(new Set(['done']));
    expect(logsIn(out).match(/; 2 ranks on .*, by MPICH/g)?.length).toBeGreaterThan(1);

    const local = join(folder, 'ranks not');
    await run(join(folder, 'cache of none'), 'grid', 'run', file, '--out', local);
    const linesOf = (of: string, name: string) =>
      readFileSync(join(of, 'tiny/seed-1/kto', name), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
    const [there, here] = [out, local].map((of) => linesOf(of, 'kto-metrics.jsonl'));
    expect(there?.map(({ step }) => step)).toEqual(Array.from({ length: 90 }, (_, i) => i + 1));
    for (const [i, { loss, grad_norm }] of (here ?? []).entries()) {
      expect(Math.abs(there?.[i].loss - loss), `loss of step ${i + 1}`).toBeLessThan(1e-5);
      expect(Math.abs(there?.[i].grad_norm / grad_norm - 1), `gradient of step ${i + 1}`).toBeLessThan(1e-3);
    }
    expect(linesOf(out, 'kto-completions.jsonl')).toHaveLength(12);
    const judgments = readdirSync(cell).find((name) => name.startsWith('kto-judgments')) as string;
    expect(linesOf(out, judgments).map(({ id }) => id)).toEqual(linesOf(local, judgments).map(({ id }) => id));
  },
);

test('what is said to Slurm alone is refused where the jobs run elsewhere', async () => {
  const file = join(folder, 'elsewhere.yaml');
  writeFileSync(file, grid);
  const refused = async (...flags: string[]) => (await runHere('grid', 'run', file, ...flags)).stderr;
  expect(await refused('--dry-run')).toContain('--dry-run goes with --on slurm');
  expect(await refused('--on', 'kubernetes', '--program', 'x')).toContain('--program goes with --on slurm');
});

/** What a command says, which has to succeed. */
async function run(cache: string, ...args: readonly string[]): Promise<string> {
  vi.stubEnv('XDG_CACHE_HOME', cache);
  const { status, text } = await archangel(...args).ended;
  expect(status, text).toBe(0);
  return text;
}

/** As soon as its training has begun. */
async function killInTheMiddle(out: string, job: string): Promise<void> {
  while (!existsSync(join(out, job, 'config.yaml'))) await setTimeout(5);
  const claim = await claimOf(join(out, 'jobs', `${job}.claim`));
  process.kill((claim as Claim).pid, 'SIGKILL');
}

function logsIn(out: string): string {
  const logs = join(out, 'slurm/logs');
  return readdirSync(logs)
    .map((name) => readFileSync(join(logs, name), 'utf8'))
    .join('\n');
}

async function statesIn(out: string): Promise<Record<string, string>> {
  const { jobs } = JSON.parse((await runHere('grid', 'status', out, '--json')).stdout);
  return Object.fromEntries(Object.entries<{ is: string }>(jobs).map(([name, { is }]) => [name, is]));
}
