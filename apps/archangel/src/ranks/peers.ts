import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/** A process of the job. */
export interface Peer {
  readonly host: string;
  readonly pid: number;
  /** The cores that it may run on, as Linux lists them: `0-3,8`. Empty where the system does not say. */
  readonly cores: string;
  /** How many threads those are good for. */
  readonly parallelism: number;
  /** The cores of what launched it. */
  readonly coresOfLauncher: string;
}

/** This process. @param host as MPI names it */
export function ownPeer(host: string): Peer {
  return {
    ...{ host, pid: process.pid, cores: coresOf('self'), parallelism: availableParallelism() },
    coresOfLauncher: coresOf(process.ppid),
  };
}

function coresOf(pid: number | 'self'): string {
  try {
    return /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
}

/** Threads that a rank computes with unless told otherwise: its part of the cores that it shares with others of its host. */
export function threadsOf(peers: readonly Peer[], rank: number): number {
  const own = peers[rank] as Peer;
  const sharing = peers.filter(({ host, cores }) => host === own.host && cores === own.cores).length;
  return Math.max(1, Math.floor(own.parallelism / sharing));
}

/** `4 ranks on alpha and beta`, `64 ranks on 8 hosts`. */
export function whereTheyAre(peers: readonly Peer[]): string {
  const hosts = [...new Set(peers.map(({ host }) => host))];
  const named = hosts.length === 1 ? hosts[0] : `${hosts.slice(0, -1).join(', ')} and ${hosts.at(-1)}`;
  return `${peers.length} ranks on ${hosts.length > 4 ? `${hosts.length} hosts` : named}`;
}

/** How many cores of a rank's host its launcher keeps from all ranks there, and of how many. */
export function keptFrom(peers: readonly Peer[], rank: number): { readonly idle: number; readonly of: number } {
  const { host, coresOfLauncher } = peers[rank] as Peer;
  const all = coresIn(coresOfLauncher);
  const used = new Set(peers.filter((peer) => peer.host === host).flatMap(({ cores }) => coresIn(cores)));
  return { idle: all.filter((core) => !used.has(core)).length, of: all.length };
}

/** `0-2,8` is [0, 1, 2, 8]. */
function coresIn(list: string): number[] {
  return list.split(',').flatMap((part) => {
    const [from = Number.NaN, to = from] = part.split('-').map(Number);
    return part === '' ? [] : Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
}

/** Ranks of a rank's host whose processes are no more. */
export function goneFrom(peers: readonly Peer[], rank: number, isThere = isProcess): number[] {
  const { host } = peers[rank] as Peer;
  return [...peers.keys()].filter((other) => {
    const peer = peers[other] as Peer;
    return other !== rank && peer.host === host && !isThere(peer.pid);
  });
}

function isProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Another user's is there.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
