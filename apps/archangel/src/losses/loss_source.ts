import type { Loss } from '@halokit/losses';

/** A loss as it was asked for, by its name in the catalogue or by a file, before its options are known. */
export interface LossSource {
  /** As the person wrote it: `kto`, `./my_halo.ts`. */
  readonly said: string;
  /** Its options with their defaults. Absent where a file's function does not say: any option then goes to it. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** The words an option may be, where it is one of a few. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
  /** Makes the loss. @throws InputError when it refuses the options, or what is made is no loss */
  readonly create: (options: Readonly<Record<string, unknown>>) => Loss;
}
