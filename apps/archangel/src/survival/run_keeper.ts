import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainConfig } from '../config/train_config';
import { InputError } from '../input_error';
import { commandLine } from '../terminal/command_line';
import { checksumOfFile, weightChecksums } from './checksum';
import { type ResumeRecord, resumeFile, writeRecord } from './resume_record';

/** Keeps a run from being lost: what it has come to, and how it goes on. */
export class RunKeeper {
  constructor(
    readonly folder: string,
    readonly options: Pick<TrainConfig, 'saveEvery' | 'keep' | 'onNan'>,
    private record: ResumeRecord,
  ) {}

  /** The command that goes on with the run. */
  get goOn(): string {
    return commandLine('train', '--resume', this.folder);
  }

  /** Where a stage's checkpoints are. */
  checkpoints(stage: string): string {
    return join(this.folder, 'checkpoints', stage);
  }

  /**
   * Whether a stage is behind.
   *
   * @throws InputError where what it left is not what it was
   */
  async isFinished(stage: string): Promise<boolean> {
    const sums = this.record.finished[stage];
    if (!sums) return false;
    for (const [name, sum] of Object.entries(sums)) {
      const path = join(this.folder, stage, name);
      if ((await checksumOfFile(path)) === sum) continue;
      throw new InputError(`${path}: is gone or is not as the run saved it. Put it back, or begin anew with --out.`);
    }
    return true;
  }

  /** Writes down that a stage's model is saved; what it was saved from on the way is removed. */
  async finish(stage: string): Promise<void> {
    const sums = await weightChecksums(join(this.folder, stage));
    this.record = { ...this.record, finished: { ...this.record.finished, [stage]: sums } };
    await writeRecord(this.folder, this.record);
    await rm(this.checkpoints(stage), { recursive: true, force: true });
    const left = await readdir(join(this.folder, 'checkpoints')).catch(() => ['']);
    if (left.length === 0) await rm(join(this.folder, 'checkpoints'), { recursive: true });
  }

  /** @throws InputError where somebody took the run's folder away */
  async requireFolder(step: number): Promise<void> {
    const there = await stat(join(this.folder, resumeFile)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
    });
    if (there) return;
    throw new InputError(
      `${this.folder}: was removed or renamed while the run was at step ${step}, so nothing of it can be kept. Put it back and ` +
        `go on with: ${this.goOn}`,
    );
  }
}

/** Removes what a process that was killed began to write in a run's folder. */
export async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/^\..+\.\d+\.(partial|old)$|\.partial$/.test(name)) continue;
    await rm(join(folder, name), { recursive: true, force: true });
  }
}
