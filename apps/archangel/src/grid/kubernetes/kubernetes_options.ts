import { z } from 'zod';

/** `4`, `0.5`, `500m`, `16Gi` */
const quantity = () =>
  z.union([
    z.string().regex(/^\d+(\.\d+)?(m|[kMGTPE]|[KMGTPE]i)?$/, 'Write a quantity as Kubernetes does: 500m, 16Gi'),
    z.number().positive().transform(String),
  ]);

/** Of an object of the cluster: RFC 1123. */
const label = () =>
  z
    .string()
    .max(63)
    .regex(/^[a-z\d]([a-z\d-]*[a-z\d])?$/, 'Use small letters, digits and - for the name of an object');

/** What a grid asks of Kubernetes: `kubernetes:` in the grid's file. */
export const kubernetesOptions = z.strictObject({
  image: z.string().min(1).describe('a container’s image in which archangel is installed'),
  program: z.string().default('archangel').describe('what starts archangel there, as shell words'),
  namespace: label().optional().describe('default: that of kubectl’s context'),
  atOnce: z.int().min(1).default(4).describe('at most so many jobs at a time'),
  cpus: z.int().min(1).default(4).describe('cores of a job, each of which gets a thread'),
  memory: quantity().default('8Gi').describe('of a job'),
  claim: label().optional().describe('an existing claim of a volume for the grid’s folder; default: one is made'),
  storage: quantity().default('100Gi').describe('size of the claim that is made'),
  storageClass: z.string().optional().describe('of the claim that is made; default: the cluster’s own'),
  accessMode: z
    .enum(['ReadWriteMany', 'ReadWriteOnce'])
    .default('ReadWriteMany')
    .describe('of the claim that is made; ReadWriteOnce keeps all jobs on one node'),
  secret: z.string().optional().describe('a secret whose keys become variables of the environment: HF_TOKEN'),
  retries: z.int().min(0).default(2).describe('how often a job is started again that did not end by itself'),
  maxFailed: z.int().min(0).optional().describe('stop all when more jobs than this have failed; default: never'),
  pod: z.record(z.string(), z.unknown()).default({}).describe('more keys of the pods: nodeSelector, tolerations'),
});

export type KubernetesOptions = z.output<typeof kubernetesOptions>;
