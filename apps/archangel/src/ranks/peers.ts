import { readFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';

/** A process of the job. */
export interface Peer {
  readonly host: string;
  readonly pid: number;
  /** The cores that it may run on, as the system lists them; `all` where it does not say. */
  readonly cores: string;
  /** How many those are. */
  readonly parallelism: number;
}

/** This process. @param host as MPI names it */
export function ownPeer(host: string): Peer {
  return { host, pid: process.pid, cores: allowedCores(), parallelism: availableParallelism() };
}

function allowedCores(): string {
  try {
    return /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 'all';
  } catch {
    return 'all';
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
  const [last, ...others] = hosts.toReversed();
  const named = others.length === 0 ? last : `${others.toReversed().join(', ')} and ${last}`;
  return `${peers.length} ranks on ${hosts.length > 4 ? `${hosts.length} hosts` : named}`;
}

/**
 * Of the cores of a rank's host, how many its ranks may not run on.
 *
 * @param there all cores of the host
 */
export function idleCores(peers: readonly Peer[], rank: number, there = cpus().length): number {
  const { host } = peers[rank] as Peer;
  const lists = new Map(peers.filter((peer) => peer.host === host).map((peer) => [peer.cores, peer.parallelism]));
  return Math.max(0, there - [...lists.values()].reduce((sum, count) => sum + count, 0));
}

/** Ranks of this host whose processes are no more. */
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
