import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Launcher, missingLauncher, overHosts } from './launchers';

/** Hosts that are network namespaces of this machine: each has an address and a host name of its own, and all are on one switch. */
export interface Hosts {
  readonly addresses: readonly string[];
  /** What a link does beside its rate: `netem` delays too, `tbf` where this kernel has no netem. */
  readonly shaper: 'netem' | 'tbf';
  /** Has every link carry so many bits a second each way, and delay what it carries by so many milliseconds, where it can. */
  limit(bitsPerSecond: number, delayMilliseconds?: number): void;
  /** Pulls the cable of a host out, at the switch. */
  cut(host: number): void;
  /** Puts it back, and waits until hosts reach each other. */
  mend(host: number): void;
  /**
   * Starts a program on every host by a launcher that is started on the first.
   *
   * @param ranks of each host
   */
  start(launcher: Launcher, command: readonly string[], options?: { ranks?: number; env?: NodeJS.ProcessEnv }): Started;
  /** Processes on a host. */
  processes(host: number): number[];
  /** Ends what still runs, and takes everything down. */
  stop(): void;
}

export interface Started {
  readonly child: ChildProcess;
  /** What all ranks have said so far. */
  said(): string;
  /** What all ranks said by the end, on both ways out, and the launcher's status: null where a signal ended it. */
  readonly ended: Promise<{ readonly status: number | null; readonly text: string; readonly seconds: number }>;
}

let made = 0;

/** Makes hosts, or gives the reason why that cannot be here. */
export function hosts(count: number): Hosts | string {
  if (process.platform !== 'linux') return 'network namespaces are Linux’s';
  if (process.getuid?.() !== 0) return 'network namespaces are made by root alone';
  if (spawnSync('ip', ['-V']).error) return 'there is no ip (Debian: iproute2)';
  const prefix = `hk${process.pid}-${made++}`;
  const names = Array.from({ length: count }, (_, i) => `${prefix}-10.77.0.${i + 1}`);
  const addresses = names.map((name) => name.slice(prefix.length + 1));
  const switchName = `${prefix}-switch`;
  const folder = mkdtempSync(join(tmpdir(), 'hosts-'));
  const remove = () => {
    for (const name of [...names, switchName]) {
      for (const pid of processesIn(name)) kill(pid);
      spawnSync('ip', ['netns', 'delete', name]);
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    wire(names, addresses, switchName);
  } catch (error) {
    remove();
    return `network namespaces cannot be made here: ${(error as Error).message.trim().split('\n').at(-1)}`;
  }
  process.once('exit', remove);
  const agent = join(folder, 'rsh');
  writeFileSync(agent, remoteShell(prefix));
  chmodSync(agent, 0o755);
  const links = names.map((name, i) => [
    [name, 'eth0'],
    [switchName, `port${i}`],
  ]) as [string, string][][];
  const shaper = hasNetem(names[0] as string) ? 'netem' : 'tbf';
  return {
    ...{ addresses, shaper },
    limit(rate, delay = 0) {
      const [namespaces, options] = [links.flat(), shaper === 'netem' ? netem(rate, delay) : tokenBucket(rate)];
      for (const [name, device] of namespaces)
        ip('netns', 'exec', name, 'tc', 'qdisc', 'replace', 'dev', device, 'root', shaper, ...options);
    },
    cut: (host) => ip('-n', switchName, 'link', 'set', `port${host}`, 'down'),
    mend(host) {
      ip('-n', switchName, 'link', 'set', `port${host}`, 'up');
      for (const name of names) for (const address of addresses) waitForRoute(name, address);
    },
    start(launcher, command, { ranks = 1, env = process.env } = {}) {
      const why = missingLauncher(launcher);
      if (why) throw new Error(why);
      const hostfile = join(folder, `${launcher}.hosts`);
      const slots = launcher === 'openmpi' ? ` slots=${ranks}` : `:${ranks}`;
      writeFileSync(hostfile, addresses.map((address) => `${address}${slots}\n`).join(''));
      const words = overHosts(launcher, { hostfile, agent, ranks: ranks * count, command });
      return startOn(agent, addresses[0] as string, words.args, { ...env, ...words.env });
    },
    processes: (host) => processesIn(names[host] as string),
    stop() {
      process.off('exit', remove);
      remove();
    },
  };
}

function processesIn(name: string): number[] {
  const { stdout } = spawnSync('ip', ['netns', 'pids', name], { encoding: 'utf8' });
  return (stdout ?? '').split('\n').filter(Boolean).map(Number);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

/** A switch in a namespace of its own, and a cable from each host to it. */
function wire(names: readonly string[], addresses: readonly string[], switchName: string): void {
  ip('netns', 'add', switchName);
  ip('-n', switchName, 'link', 'add', 'switch', 'type', 'bridge');
  ip('-n', switchName, 'link', 'set', 'switch', 'up');
  names.forEach((name, i) => {
    const port = `port${i}`;
    ip('netns', 'add', name);
    ip('-n', switchName, 'link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', name);
    ip('-n', switchName, 'link', 'set', port, 'master', 'switch', 'up');
    ip('-n', name, 'address', 'add', `${addresses[i]}/24`, 'dev', 'eth0');
    for (const device of ['eth0', 'lo']) ip('-n', name, 'link', 'set', device, 'up');
  });
  for (const name of names) for (const address of addresses) waitForRoute(name, address);
}

/** A cable that has just been put in carries nothing yet, and a host that was not reached is given up for a moment. */
function waitForRoute(name: string, address: string): void {
  const program = `const attempt = () => require('node:net').connect(9, '${address}').on('error', ({ code }) => {
    if (code !== 'ECONNREFUSED') setTimeout(attempt, 50);
  });
  attempt();`;
  execFileSync('ip', ['netns', 'exec', name, process.execPath, '-e', program], { timeout: 30_000 });
}

/** What launchers start in place of `rsh` or `ssh`: with a host and a command, which runs there under the host's name. */
function remoteShell(prefix: string): string {
  return `#!/bin/sh
host=$1
shift
exec ip netns exec "${prefix}-$host" unshare --uts sh -c "hostname host-$(echo "$host" | tr . -); $*"
`;
}

function startOn(agent: string, host: string, words: readonly string[], env: NodeJS.ProcessEnv): Started {
  const started = performance.now();
  const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  const child = spawn(agent, [host, `exec ${quoted}`], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      text += chunk;
    });
  }
  const ended = new Promise<{ status: number | null; text: string; seconds: number }>((resolve) => {
    child.on('close', (status) => resolve({ status, text, seconds: (performance.now() - started) / 1000 }));
  });
  return { child, said: () => text, ended };
}

function hasNetem(name: string): boolean {
  const words = ['netns', 'exec', name, 'tc', 'qdisc', 'replace', 'dev', 'eth0', 'root', 'netem', 'delay', '0ms'];
  return spawnSync('ip', words).status === 0;
}

function netem(bitsPerSecond: number, delay: number): string[] {
  // Packets that are on their way wait in the queue too.
  return ['rate', `${bitsPerSecond}bit`, 'delay', `${delay}ms`, 'limit', '100000'];
}

/** A token bucket that fills at the rate, and holds what comes in between two ticks of the kernel's clock. */
function tokenBucket(bitsPerSecond: number): string[] {
  const burst = Math.max(64 * 1024, Math.ceil(bitsPerSecond / 8 / 250));
  return ['rate', `${bitsPerSecond}bit`, 'burst', `${burst}`, 'latency', '200ms'];
}

function ip(...words: readonly string[]): void {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] });
}
