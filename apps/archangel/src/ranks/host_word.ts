import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * The right of a host's ranks to say why their job ends: a file, of which the one that takes it away may speak. So the same end is
 * told once, whether a rank tells of its own failure or is told of.
 */
export class HostWord {
  constructor(readonly file: string) {}

  /** Made by one rank of a host, of which there is one process by its number. */
  static make(pid = process.pid): HostWord {
    const file = join(tmpdir(), `archangel-${pid}-${Date.now()}.word`);
    writeFileSync(file, '', { flag: 'wx', mode: 0o600 });
    return new HostWord(file);
  }

  /** Whether somebody has taken it. */
  get isTaken(): boolean {
    return !existsSync(this.file);
  }

  /** @returns whether this process is the one that may speak */
  take(): boolean {
    try {
      rmSync(this.file);
      return true;
    } catch {
      return false;
    }
  }
}
