import { createHash } from 'node:crypto';
import { cpus, totalmem } from 'node:os';
import { type CausalLM, modelFingerprint } from '@halokit/models';
import { type Dataset, datasetFingerprint } from '@halokit/trainer';
import { packageVersions } from '../card/package_versions';
import { currentRanks } from '../ranks/ranks';

/** What a run's numbers depend on beside its config: with the same of all of it, the same bits come out. */
export interface RunFacts {
  readonly backend: string;
  /** How many trained it, where that is not one. */
  readonly ranks?: number;
  readonly machine: {
    readonly platform: string;
    readonly processor: string;
    readonly cores: number;
    readonly memoryBytes: number;
  };
  readonly versions: Readonly<Record<string, string>>;
  readonly fingerprints: { readonly dataset: string; readonly model: string; readonly tokenizer: string };
}

/** @param tokenizer the text of its `tokenizer.json` */
export async function runFacts(
  backend: string,
  { dataset, model, tokenizer }: { readonly dataset: Dataset; readonly model: CausalLM; readonly tokenizer: string },
): Promise<RunFacts> {
  const [processor] = cpus();
  const { size: ranks } = currentRanks();
  return {
    backend,
    ...(ranks > 1 && { ranks }),
    machine: {
      platform: `${process.platform} ${process.arch}`,
      processor: processor?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memoryBytes: totalmem(),
    },
    versions: { node: process.versions.node, ...packageVersions() },
    fingerprints: {
      dataset: await datasetFingerprint(dataset),
      model: await modelFingerprint(model),
      tokenizer: createHash('sha256').update(tokenizer).digest('hex'),
    },
  };
}
