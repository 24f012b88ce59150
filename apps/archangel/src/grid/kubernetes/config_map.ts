import { createHash } from 'node:crypto';
import type { IConfigMap } from 'kubernetes-models/v1';
import { InputError } from '../../input_error';
import { whole } from '../../terminal/numbers';
import type { ObjectFacts } from './object_facts';

/** Bytes that a ConfigMap holds at most. */
const most = 2 ** 20;

/**
 * Files for the pods. Its name tells what they hold: pods that still run keep theirs when the grid is submitted again.
 *
 * @throws InputError for more than a ConfigMap holds
 */
export function configMap({ name, metadata }: ObjectFacts, files: Readonly<Record<string, string>>): IConfigMap {
  const bytes = Object.entries(files).reduce((sum, [file, text]) => sum + Buffer.byteLength(file + text), 0);
  if (bytes > most) {
    throw new InputError(
      `The grid and the names of its jobs are ${whole(bytes)} bytes, and Kubernetes hands on ${whole(most)} at most. ` +
        'Do a part of it at a time: --seeds [1]',
    );
  }
  const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex');
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { ...metadata, name: `${name}-${hash.slice(0, 8)}` },
    immutable: true,
    data: { ...files },
  };
}
