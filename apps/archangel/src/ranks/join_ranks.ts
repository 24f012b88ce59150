import { gatherTexts, type Launcher, startMpi } from '@halokit/distributed';
import { HostWord } from './host_word';
import { JoinedJob } from './joined';
import { keepLastWord } from './last_word';
import { ownPeer, type Peer } from './peers';
import { quiet } from './quiet';
import { setRanks } from './ranks';

/** How ranks are joined, where that is said. */
export interface JoinOptions {
  /** Path of the MPI library. */
  readonly library?: string;
  /** Seconds that ranks wait for each other; for ever where it is 0. */
  readonly patience?: number;
}

/** A job that this process has joined. */
export interface Joined {
  readonly job: JoinedJob;
  readonly rank: number;
  /** Says a line on stderr, though all else that this rank prints is unheard. */
  readonly say: (line: string) => void;
}

/**
 * Joins the ranks that a launcher has started: from here on the first alone is heard. Undefined where there is but one.
 *
 * @throws MpiSetupError where there is no MPI that goes with the launcher
 */
export async function joinRanks(launcher: Launcher, options: JoinOptions): Promise<Joined | undefined> {
  // Before MPI starts: libraries of networks do not like their process to have children made later.
  const lastWord = keepLastWord();
  const communicator = await startMpi({ environment: process.env, ...options });
  const { rank, size, host } = communicator;
  if (size === 1) {
    await Promise.all([communicator.finish(), lastWord.end()]);
    return undefined;
  }
  const peers = (await gatherTexts(communicator, JSON.stringify(ownPeer(host)))).map((text): Peer => JSON.parse(text));
  const firstOfHost = peers.findIndex((peer) => peer.host === host);
  const own = firstOfHost === rank ? HostWord.make() : undefined;
  const words = await gatherTexts(communicator, own?.file ?? '');
  const word = own ?? new HostWord(words[firstOfHost] as string);
  lastWord.share(word.file);
  const job = new JoinedJob({ communicator, peers, word, lastWord, start: startOf(launcher, size) });
  const say = rank === 0 ? (line: string) => console.error(line) : quiet();
  setRanks({ rank, size, first: rank === 0, communicator, job });
  return { job, rank, say };
}

/** As a person types it. */
function startOf({ name }: Launcher, size: number): string {
  return name === 'srun' ? `srun -n ${size}` : `mpirun -np ${size}`;
}
