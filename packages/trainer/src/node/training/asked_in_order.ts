import type { TensorSource } from '@halokit/models';

/** Sources whose numbers all ranks have to ask for in the same order, once each, because they gather them together. */
export class AskedInOrder {
  /** The same sources, which remember that they were asked. */
  readonly sources: ReadonlyMap<string, TensorSource>;
  private readonly open: Map<string, TensorSource>;

  constructor(sources: ReadonlyMap<string, TensorSource>) {
    // As `tensorFileBytes` goes through them.
    this.open = new Map([...sources].sort(([a], [b]) => (a < b ? -1 : 1)));
    const remembering = ([name, source]: readonly [string, TensorSource]): [string, TensorSource] => [
      name,
      { shape: source.shape, size: source.size, data: () => this.ask(name, source) },
    ];
    this.sources = new Map([...this.open].map(remembering));
  }

  /** Asks for what nobody has asked for yet. */
  async askRest(): Promise<void> {
    for (const [name, source] of [...this.open]) await this.ask(name, source);
  }

  private ask(name: string, source: TensorSource): ReturnType<TensorSource['data']> {
    this.open.delete(name);
    return source.data();
  }
}
