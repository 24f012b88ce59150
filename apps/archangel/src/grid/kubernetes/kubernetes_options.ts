import { z } from 'zod';

/** `4`, `0.5`, `500m`, `16Gi`. */
const quantity = () =>
  z.string().regex(/^\d+(\.\d+)?(m|[kMGTPE]|[KMGTPE]i)?$/, 'Write a quantity as Kubernetes does: 500m, 16Gi');

/** Names an object of the cluster, by RFC 1123. */
const objectName = () =>
  z
    .string()
    .max(63)
    .regex(/^[a-z\d]([a-z\d-]*[a-z\d])?$/, 'Use small letters, digits and - for the name of an object');

/** Keys of a pod that say what is run, where it writes and when it is tried again. */
const ours = ['containers', 'restartPolicy', 'terminationGracePeriodSeconds'];

/** What a grid asks of Kubernetes for each of its jobs: `kubernetes:` in the grid's file. */
export const kubernetesOptions = z.strictObject({
  image: z.string().min(1).describe('a container’s image in which archangel is installed'),
  program: z.string().default('archangel').describe('what starts archangel there, as shell words'),
  namespace: objectName().optional().describe('default: that of kubectl’s context'),
  atOnce: z.int().min(1).default(4).describe('at most so many jobs at a time'),
  cpus: z.int().min(1).default(4).describe('cores of a job, each of which gets a thread'),
  memory: quantity().default('8Gi').describe('of a job'),
  claim: objectName().optional().describe('an existing claim of a volume, for the grid’s folder; default: one is made'),
  storage: quantity().default('100Gi').describe('size of the claim that is made'),
  storageClass: z.string().optional().describe('of the claim that is made; default: the cluster’s own'),
  accessMode: z
    .enum(['ReadWriteMany', 'ReadWriteOnce'])
    .default('ReadWriteMany')
    .describe('of the claim that is made; with ReadWriteOnce all jobs run on one node'),
  secret: objectName()
    .optional()
    .describe('a secret whose keys become environment variables: HF_TOKEN, OPENAI_API_KEY'),
  retries: z.int().min(0).default(2).describe('how often a job that did not end by itself is started again'),
  maxFailed: z.int().min(0).optional().describe('stop all jobs when more than so many have failed; default: never'),
  pod: z
    .record(z.string(), z.unknown())
    .refine((keys) => !ours.some((key) => Object.hasOwn(keys, key)), `Leave out ${ours.join(', ')}: the grid says them`)
    .default({})
    .describe('more keys of the pods: nodeSelector, tolerations, imagePullSecrets'),
});

export type KubernetesOptions = z.output<typeof kubernetesOptions>;
