import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test, vi } from 'vitest';
import { archangel } from '../../../test/archangel';
import { runHere } from '../../../test/run_here';
import { slurmCluster } from '../../../test/slurm_cluster';

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
    const logs = readdirSync(join(out, 'slurm/logs')).map((name) =>
      readFileSync(join(out, 'slurm/logs', name), 'utf8'),
    );
    expect(logs.filter((log) => log.includes('comes after tiny/seed-1/sft, which is not done'))).toHaveLength(2);

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
  const { pid } = JSON.parse(readFileSync(join(out, 'jobs', `${job}.claim`), 'utf8'));
  process.kill(pid, 'SIGKILL');
}

async function statesIn(out: string): Promise<Record<string, string>> {
  const { jobs } = JSON.parse((await runHere('grid', 'status', out, '--json')).stdout);
  return Object.fromEntries(Object.entries<{ is: string }>(jobs).map(([name, { is }]) => [name, is]));
}
