import { setTimeout } from 'node:timers/promises';
import type { MpiCommunicator } from '@halokit/distributed';
import { endAnyway } from './end_anyway';
import type { HostWord } from './host_word';
import type { LastWord } from './last_word';
import { goneFrom, keptFrom, type Peer, threadsOf, whereTheyAre } from './peers';
import type { Job } from './ranks';

/** What there is of a job that this process has joined. */
export interface JoinedParts {
  readonly communicator: MpiCommunicator;
  readonly peers: readonly Peer[];
  /** Of this host. */
  readonly word: HostWord;
  readonly lastWord: LastWord;
  /** What comes before a command for as many ranks. */
  readonly start: string;
}

/** Milliseconds between two looks for ranks that are no more, and that their launcher then has to end the others. */
const looking = { often: 1000, patience: 5000 };

/** Milliseconds that ranks give rank 0 to say what happened to all of them. */
const courtesy = 2000;

/** Open MPI binds each of two ranks to a single core, unless it is told otherwise. */
function bound({ peers, communicator }: JoinedParts): string {
  const { idle, of } = keptFrom(peers, communicator.rank);
  if (idle === 0 || communicator.library.family !== 'Open MPI') return '';
  return ` (bound to ${of - idle} of the ${of} cores of ${communicator.host}: mpirun --bind-to none gives them all)`;
}

/** A job of several ranks, from its beginning to its end. */
export class JoinedJob implements Job {
  readonly start: string;
  readonly said: string;
  readonly hosts: readonly string[];
  readonly threads: number;
  readonly #parts: JoinedParts;
  readonly #watch: NodeJS.Timeout;
  #standing = 'while it worked.';
  #ending = false;

  constructor(parts: JoinedParts) {
    const { peers, communicator } = parts;
    this.#parts = parts;
    this.start = parts.start;
    this.said = `${whereTheyAre(peers)}, by ${communicator.library.version}${bound(parts)}`;
    this.hosts = peers.map(({ host }) => host);
    this.threads = threadsOf(peers, communicator.rank);
    this.#watch = setInterval(() => this.#look(), looking.often).unref();
    this.stand(this.#standing);
  }

  get standing(): string {
    return this.#standing;
  }

  /** `rank 3 of 8, on alpha` */
  nameOf(rank: number): string {
    return `rank ${rank} of ${this.hosts.length}, on ${this.hosts[rank]}`;
  }

  isEnding(): boolean {
    return this.#ending || this.#parts.word.isTaken;
  }

  stand(words: string): void {
    this.#standing = words;
    const { lastWord, communicator } = this.#parts;
    const who = this.nameOf(communicator.rank);
    lastWord.set(`R${who.slice(1)}, process ${process.pid}, was killed ${words}`);
  }

  /** Ends all ranks because of what happened to this one. @param say tells it, unless another of this host has spoken */
  async abort(say: () => void, status: number): Promise<void> {
    this.#stopWatching();
    const { word, communicator } = this.#parts;
    if (communicator.rank !== 0) await setTimeout(courtesy);
    if (word.take()) say();
    await this.#leave(status);
  }

  /** Ends this rank, as all others end. */
  async finish(): Promise<void> {
    this.#stopWatching();
    const { communicator, lastWord, word } = this.#parts;
    // Here they wait for each other without taking a core each.
    await communicator.barrier();
    await lastWord.end();
    word.take();
    await communicator.finish().catch((error: Error) => {
      if (error.name !== 'SilentRanksError') throw error;
      // All work is done, and MPI is stuck in taking leave: it would keep the process for ever.
      endAnyway();
      process.exit();
    });
  }

  #stopWatching(): void {
    this.#ending = true;
    clearInterval(this.#watch);
  }

  /** Where a launcher leaves ranks alone that have lost one, they would wait for it for a long time. */
  async #look(): Promise<void> {
    const { peers, communicator } = this.#parts;
    if (goneFrom(peers, communicator.rank).length === 0) return;
    this.#stopWatching();
    await setTimeout(looking.patience);
    await this.#leave(1);
  }

  /** Takes the others along. */
  async #leave(status: number): Promise<never> {
    const { communicator, lastWord } = this.#parts;
    await lastWord.end();
    endAnyway();
    communicator.abort(status);
    process.exit(status);
  }
}
