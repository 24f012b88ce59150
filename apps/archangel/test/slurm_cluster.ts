import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A Slurm of one node, this machine, with two processors. */
export interface SlurmCluster {
  /** What Slurm's programs are to find in their environment. */
  readonly env: { readonly SLURM_CONF: string };
  /** Runs one of them. */
  call(program: string, ...args: readonly string[]): Promise<string>;
  /** Waits until nothing waits or runs. */
  idle(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts Slurm in a folder of its own, on ports of its own. Gives the reason where that cannot be. */
export async function slurmCluster(): Promise<SlurmCluster | string> {
  if (process.getuid?.() !== 0) return 'Slurm is started by root alone';
  for (const program of ['munged', 'slurmctld', 'slurmd', 'sbatch']) {
    const there = await run(program, ['-V']).catch(({ code }) => ({ code }));
    if ('code' in there && there.code === 'ENOENT') return `there is no ${program} (Debian: slurm-wlm, munge)`;
  }
  const folder = mkdtempSync(join(tmpdir(), 'slurm-'));
  const env = { SLURM_CONF: join(folder, 'slurm.conf') };
  await configure(folder, env.SLURM_CONF);
  const call = async (program: string, ...args: readonly string[]) =>
    (await run(program, args, { env: { ...process.env, ...env } })).stdout.trim();
  const daemons = start(folder, env);
  const stop = async () => {
    await call('scancel', '--full', '--signal=KILL', '--me').catch(() => {});
    for (const daemon of [...daemons].reverse()) await end(daemon);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const asked = Date.now();
  while ((await call('sinfo', '--noheader', '--format=%T').catch(() => '')) !== 'idle') {
    if (Date.now() - asked < 30_000 && daemons.every(({ exitCode }) => exitCode === null)) await setTimeout(200);
    else {
      await stop();
      return 'Slurm does not start here';
    }
  }
  const idle = async () => {
    while ((await call('squeue', '--noheader')) !== '') await setTimeout(200);
  };
  return { env, call, idle, stop };
}

async function configure(folder: string, file: string): Promise<void> {
  // Whoever submits has to reach the socket.
  chmodSync(folder, 0o711);
  for (const name of ['state', 'spool']) mkdirSync(join(folder, name));
  writeFileSync(join(folder, 'munge.key'), randomBytes(128), { mode: 0o600 });
  const node = hostname().split('.')[0];
  writeFileSync(
    file,
    `ClusterName=halokit
SlurmctldHost=${node}(127.0.0.1)
SlurmctldPort=${await freePort()}
SlurmdPort=${await freePort()}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${join(folder, 'munge.socket')}
StateSaveLocation=${join(folder, 'state')}
SlurmdSpoolDir=${join(folder, 'spool')}
SlurmctldPidFile=${join(folder, 'slurmctld.pid')}
SlurmdPidFile=${join(folder, 'slurmd.pid')}
SlurmctldLogFile=${join(folder, 'slurmctld.log')}
SlurmdLogFile=${join(folder, 'slurmd.log')}
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_interval=1
KillWait=5
NodeName=${node} NodeAddr=127.0.0.1 CPUs=2 RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`,
  );
}

function start(folder: string, env: Readonly<Record<string, string>>): ChildProcess[] {
  const at = (name: string) => join(folder, name);
  const munge = [
    ...['--foreground', '--force', `--socket=${at('munge.socket')}`, `--key-file=${at('munge.key')}`],
    ...[`--pid-file=${at('munged.pid')}`, `--log-file=${at('munged.log')}`, `--seed-file=${at('munged.seed')}`],
  ];
  return (
    [
      ['munged', munge],
      ['slurmctld', ['-D', '-c']],
      ['slurmd', ['-D']],
    ] as const
  ).map(([program, args]) => {
    const daemon = spawn(program, args, { env: { ...process.env, ...env }, stdio: 'ignore' });
    // That it did not start shows in its absence.
    daemon.on('error', () => {});
    return daemon;
  });
}

async function end(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null || daemon.pid === undefined) return;
  const ended = new Promise<boolean>((resolve) => daemon.once('exit', () => resolve(true)));
  daemon.kill('SIGTERM');
  if (await Promise.race([ended, setTimeout(5000, false)])) return;
  daemon.kill('SIGKILL');
  await ended;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
