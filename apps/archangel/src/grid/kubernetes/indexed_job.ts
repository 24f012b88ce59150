import type { IJob } from 'kubernetes-models/batch/v1';
import { interruptedStatus } from '../../survival/interrupted';
import { askAgain } from '../wait_for_jobs';
import type { KubernetesOptions } from './kubernetes_options';
import type { ObjectFacts } from './object_facts';

/** Where a pod finds the files of the ConfigMap. */
export const filesFolder = '/etc/archangel';

/** The file among them that does the job of the pod's index. */
export const jobScript = 'job.sh';

/** What an Indexed Job is made of. */
export interface IndexedJob {
  readonly facts: ObjectFacts;
  /** How many jobs, one an index. */
  readonly jobs: number;
  /** The ConfigMap's name, and the claim's. */
  readonly files: string;
  readonly claim: string;
  /** The grid's folder, where the volume is mounted. */
  readonly out: string;
  readonly options: KubernetesOptions;
}

/** Seconds from when a pod is asked to stop to when it is killed: a step and its checkpoint. */
const grace = 120;

/**
 * An Indexed Job whose index i does job i of the list, and waits for those that it comes after.
 *
 * It always comes to an end. Its controller gives free places to the lowest indexes that are open, and keeps one for an index
 * that is about to be tried again. A job stands behind all that it comes after, so the lowest one open waits for nobody. Where
 * the cluster has room for fewer pods than `parallelism`, those that wait may fill it and the lowest be kept out: therefore
 * they wait for some minutes at a time, and then give their room back. Who waits for a job that has failed, or whose pod was
 * killed when it was not to be tried again, fails.
 */
export function indexedJob({ facts, jobs, files, claim, out, options }: IndexedJob): IJob {
  const { image, atOnce, cpus, memory, secret, retries, maxFailed, pod } = options;
  const resources = { cpu: `${cpus}`, memory };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { ...facts.metadata, name: facts.name },
    spec: {
      completionMode: 'Indexed',
      completions: jobs,
      parallelism: Math.min(atOnce, jobs),
      backoffLimitPerIndex: retries,
      ...(maxFailed !== undefined && { maxFailedIndexes: Math.min(maxFailed, jobs) }),
      podReplacementPolicy: 'Failed',
      podFailurePolicy: { rules: failureRules },
      template: {
        metadata: { labels: { ...facts.metadata.labels } },
        spec: {
          automountServiceAccountToken: false,
          ...pod,
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: grace,
          containers: [
            {
              name: container,
              image,
              command: ['/bin/sh', `${filesFolder}/${jobScript}`],
              // Where relative paths of the grid's file start.
              workingDir: out,
              env: [
                // What references said is there for all jobs, on whichever node. Kubernetes reads $$ as $.
                { name: 'XDG_CACHE_HOME', value: `${out}/cache`.replaceAll('$', '$$$$') },
                { name: 'FAILURES', valueFrom: { fieldRef: { fieldPath: failureCount } } },
              ],
              ...(secret !== undefined && { envFrom: [{ secretRef: { name: secret } }] }),
              resources: { requests: resources, limits: resources },
              volumeMounts: [
                { name: 'out', mountPath: out },
                { name: 'files', mountPath: filesFolder, readOnly: true },
              ],
            },
          ],
          volumes: [
            ...(Array.isArray(pod.volumes) ? pod.volumes : []),
            { name: 'out', persistentVolumeClaim: { claimName: claim } },
            { name: 'files', configMap: { name: files } },
          ],
        },
      },
    },
  };
}

const container = 'job';

/** How often the index of a pod has failed before, which Kubernetes writes beside the pod. */
const failureCount = "metadata.annotations['batch.kubernetes.io/job-index-failure-count']";

/** What does not count as a try, and what is not tried again; the rest is, `retries` times. */
const failureRules: NonNullable<NonNullable<IJob['spec']>['podFailurePolicy']>['rules'] = [
  // The cluster took the pod's node, or its place.
  { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
  // It waited long enough, or was asked to stop.
  {
    action: 'Ignore',
    onExitCodes: { containerName: container, operator: 'In', values: [askAgain, interruptedStatus] },
  },
  // It ended with a message, and would again.
  { action: 'FailIndex', onExitCodes: { containerName: container, operator: 'In', values: [1] } },
];
