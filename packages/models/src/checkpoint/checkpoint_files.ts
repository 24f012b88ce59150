import { InputError } from '../input_error';

/** Where a checkpoint lies: a folder, a web address, files dropped on a page. */
export interface CheckpointFiles {
  /** Names the place in errors. */
  readonly name: string;
  /** One file of it by its plain name, such as `config.json`; `undefined` where there is none. */
  open(file: string): Promise<CheckpointFile | undefined>;
}

/** One file of a checkpoint. */
export interface CheckpointFile {
  /** In bytes. */
  readonly size: number;
  /** The bytes from `start` up to, not including, `end`. */
  read(start: number, end: number): Promise<Uint8Array>;
  close?(): Promise<void>;
}

/** A file that is open, and its name for errors. */
export interface OpenFile extends CheckpointFile {
  readonly path: string;
}

/** Opens each file once, checks what reading it gives, and closes them all together. */
export class OpenFiles {
  private readonly opened = new Map<string, OpenFile>();

  constructor(private readonly files: CheckpointFiles) {}

  get place(): string {
    return this.files.name;
  }

  /** The file of this name; `undefined` where there is none. */
  async find(name: string): Promise<OpenFile | undefined> {
    const known = this.opened.get(name);
    if (known) return known;
    const file = await this.files.open(name);
    if (!file) return undefined;
    const path = `${this.files.name.replace(/\/+$/, '')}/${name}`;
    const open: OpenFile = {
      path,
      size: file.size,
      read: async (start, end) => {
        const bytes = await file.read(start, end);
        if (bytes.length !== end - start) {
          throw new InputError(
            `${path}: gave ${bytes.length} bytes for ${start} to ${end}. Has it changed? Try again.`,
          );
        }
        return bytes;
      },
      close: async () => file.close?.(),
    };
    this.opened.set(name, open);
    return open;
  }

  async close(): Promise<void> {
    const closed = await Promise.allSettled([...this.opened.values()].map((file) => file.close?.()));
    this.opened.clear();
    const failed = closed.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  }
}
