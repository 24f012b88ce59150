import type { IPersistentVolumeClaim } from 'kubernetes-models/v1';
import type { KubernetesOptions } from './kubernetes_options';
import type { ObjectFacts } from './object_facts';

/** A claim of a volume for the grid's folder. */
export function volumeClaim(
  { name, metadata }: ObjectFacts,
  { accessMode, storage, storageClass }: KubernetesOptions,
): IPersistentVolumeClaim {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { ...metadata, name },
    spec: {
      accessModes: [accessMode],
      ...(storageClass !== undefined && { storageClassName: storageClass }),
      resources: { requests: { storage } },
    },
  };
}
