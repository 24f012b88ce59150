import { type CausalLM, modelFingerprint } from '@halokit/models';
import { type ChosenBackend, numbersOf } from '../backend';
import { packageVersions } from '../card/package_versions';
import { isTree, type Tree } from '../config/flags';
import type { TrainRequest } from '../config/load_config';
import type { RunFacts } from '../record/run_facts';
import type { TrainMaterial } from '../stages/train_material';
import { checksumOfFile } from '../survival/checksum';
import { dataFacts } from '../survival/data_facts';
import type { DataFacts } from '../survival/resume_record';
import type { Fact } from './same_on_all';

/** Keys that may differ from rank to rank: what computes there. */
const own = new Set(['threads', 'device']);

export const sameFiles =
  'Let all ranks read the same files: put them where every host finds them, on a shared file system.';
const sameCommand = 'Start every rank by the same command, with the same --config file.';

/** What was asked for by keys, and what computes it. */
export function commandFacts(config: Tree, backend: ChosenBackend): Fact[] {
  const { node } = process.versions;
  const versions = Object.entries({ node, ...packageVersions() });
  return [
    ...versions.map(([name, value]) => ({
      what: `The version of ${name}`,
      value,
      fix: 'Install the same one on every host.',
    })),
    ...leaves(config).map(([what, value]) => ({ what, value, fix: sameCommand })),
    {
      what: 'What computes',
      value: numbersOf(backend),
      fix: 'Name one for all ranks with --backend, and --float16 or not.',
    },
  ];
}

/** What was asked of training, and with what: before anything is loaded. */
export async function requestFacts({ config, resumed }: TrainRequest, backend: ChosenBackend): Promise<Fact[]> {
  const lossFile = await checksumOfFile(config.method);
  const finished = Object.keys(resumed?.finished ?? {}).join(', ') || 'none';
  return [
    ...commandFacts(config, backend),
    ...(lossFile === undefined ? [] : [{ what: `The file ${config.method}`, value: short(lossFile), fix: sameFiles }]),
    ...(resumed ? [{ what: `What ${config.out} has finished`, value: finished, fix: sameFiles }] : []),
  ];
}

/** What a run trains, and on what. */
export function identityFacts(data: DataFacts, { fingerprints }: RunFacts): Fact[] {
  const { train, heldOut } = data.fingerprints;
  const files = Object.fromEntries(Object.entries(data.files).map(([path, sum]) => [`The file ${path}`, short(sum)]));
  const facts: Record<string, string> = {
    ...files,
    'The number of rows read': String(data.rows),
    'The fingerprint of the data to train on': short(train),
    'The fingerprint of the data held out': short(heldOut),
    'The fingerprint of the tokenizer': short(fingerprints.tokenizer),
    'The fingerprint of the model': short(fingerprints.model),
  };
  return Object.entries(facts).map(([what, value]) => ({ what, value, fix: sameFiles }));
}

/** What a reference is asked, and which model it is. */
export async function referenceFacts(material: TrainMaterial, model: CausalLM): Promise<Fact[]> {
  const { train, heldOut } = (await dataFacts(material)).fingerprints;
  const facts = {
    'The fingerprint of the data to train on': train,
    'The fingerprint of the data held out': heldOut,
    'The fingerprint of the model': await modelFingerprint(model),
  };
  return Object.entries(facts).map(([what, sum]) => ({ what, value: short(sum), fix: sameFiles }));
}

/** Where a stage goes on. */
export function checkpointFacts(stage: string, step: number | undefined): Fact[] {
  return [{ what: `The step that ${stage} goes on from`, value: String(step ?? 'the first'), fix: sameFiles }];
}

function leaves(tree: Tree, path: readonly string[] = []): [path: string, value: string][] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const at = [...path, key];
    if (path.length === 0 && own.has(key)) return [];
    return isTree(value)
      ? leaves(value, at)
      : [[at.join('.'), JSON.stringify(value) ?? 'not given'] as [string, string]];
  });
}

/** The beginning of a SHA-256 tells files apart, and can be read out. */
function short(sum: string): string {
  return sum.slice(0, 12);
}
