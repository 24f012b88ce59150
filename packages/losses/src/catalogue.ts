import type { Loss } from './contract';
import { dpo, dpoDefaults } from './dpo';
import { kto, ktoDefaults } from './kto';
import { sft, sftDefaults } from './sft';

/** A loss as a config names it: how to make it, and its options with their defaults. */
export interface CatalogueEntry {
  readonly create: (options?: object) => Loss;
  readonly defaults: Readonly<Record<string, unknown>>;
  /** The words an option may be, where it is one of a few. */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
}

/** Every loss by name. A new HALO is one file and one row here. */
export const catalogue = {
  sft: { create: sft, defaults: sftDefaults, choices: { reduction: ['token-mean', 'sequence'] } },
  dpo: { create: dpo, defaults: dpoDefaults },
  kto: { create: kto, defaults: ktoDefaults, choices: { z0: ['batch', 'microbatch'], z0Rows: ['all', 'nonzero'] } },
} satisfies Record<string, CatalogueEntry>;

export type LossName = keyof typeof catalogue;
