import { datasetFingerprint } from '@halokit/trainer';
import { InputError } from '../input_error';
import type { TrainMaterial } from '../stages/train_material';
import { checksum } from './checksum';
import type { DataFacts } from './resume_record';

const ofTheHub = 'of the hub';

export async function dataFacts({ feedback, dataset, heldOut }: TrainMaterial): Promise<DataFacts> {
  const paths = [...new Set(feedback.data.sources.flatMap(({ files }) => files))];
  const sumOf = (path: string) => (path.startsWith('hf:') ? ofTheHub : checksum(path));
  const files = Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await sumOf(path)] as const)));
  const held = { feedback: heldOut.kind, examples: heldOut.examples } as Parameters<typeof datasetFingerprint>[0];
  return {
    fingerprints: { train: await datasetFingerprint(dataset), heldOut: await datasetFingerprint(held) },
    rows: feedback.data.counts.read,
    files,
  };
}

/** @throws InputError, naming what has changed, where a run would go on with other data than it began with */
export function requireSameData(folder: string, then: DataFacts, now: DataFacts): void {
  const { train, heldOut } = now.fingerprints;
  if (then.fingerprints.train === train && then.fingerprints.heldOut === heldOut) return;
  const files = Object.entries(now.files);
  const changed = files.filter(([path, sum]) => path in then.files && then.files[path] !== sum).map(([path]) => path);
  const added = files.filter(([path]) => !(path in then.files)).map(([path]) => path);
  const gone = Object.keys(then.files).filter((path) => !(path in now.files));
  const what = [
    ...changed.map((path) => `${path} is not the file that it was`),
    ...added.map((path) => `${path} is new`),
    ...gone.map((path) => `${path} is gone`),
  ];
  const hub = files.filter(([, sum]) => sum === ofTheHub).map(([path]) => path);
  if (what.length === 0 && hub.length > 0) {
    what.push(`${hub.join(', ')} may have changed on the hub: name the revision of then, as in hf:owner/name@COMMIT`);
  }
  const why = what.join(', ') || 'the files are the same, but they are divided or made into tokens otherwise';
  const counts = then.rows === now.rows ? '' : `; it had ${then.rows} rows and now has ${now.rows}`;
  throw new InputError(
    `${folder}: the data have changed since the run began: ${why}${counts}. Put them back as they were, or begin anew with --out.`,
  );
}
