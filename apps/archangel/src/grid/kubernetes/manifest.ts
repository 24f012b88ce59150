import { stringify } from 'yaml';
import { InputError } from '../../input_error';
import { quoted } from '../../terminal/command_line';
import type { Grid } from '../grid';
import type { Job } from '../job';
import { byWave } from '../waves';
import { configMap } from './config_map';
import { filesFolder, indexedJob, jobScript } from './indexed_job';
import type { KubernetesOptions } from './kubernetes_options';
import { objectFacts } from './object_facts';
import { volumeClaim } from './volume_claim';

/** Text for `kubectl apply`. */
export interface Manifest {
  /** Of the Job. */
  readonly name: string;
  /** The files of the pods and the Job. */
  readonly job: string;
  /** Of the claim, apart: who deletes the jobs does not want to lose what they made. */
  readonly claim?: string;
}

/** Minutes that a pod waits for others at a time, before it gives its room back. */
const patience = 10;

/**
 * What Kubernetes needs to do jobs of a grid.
 *
 * @param left jobs that are not done
 * @param options the grid's text as a YAML file, and when this is written: what failed until then may be tried again
 * @throws InputError where the grid does not say which image to run
 */
export function kubernetesManifest(
  grid: Grid,
  left: readonly Job[],
  { text, since }: { readonly text: string; readonly since: Date },
): Manifest {
  const options = grid.config.kubernetes;
  if (!options) {
    throw new InputError(`${grid.file}: kubernetes.image: is missing. Name an image in which archangel is installed.`);
  }
  const facts = objectFacts(grid);
  const files = configMap(facts, {
    [jobScript]: scriptOf(grid, options, since),
    // Wave by wave, so that few wait for others.
    jobs: byWave(left, grid.jobs)
      .map(({ name }) => `${name}\n`)
      .join(''),
    'grid.yaml': text,
  });
  const job = indexedJob({
    ...{ facts, options, jobs: left.length, out: grid.out },
    files: files.metadata?.name as string,
    claim: options.claim ?? facts.name,
  });
  const head = `# ${left.length} jobs of the grid "${grid.name}".\n`;
  return {
    name: facts.name,
    job: `${head}${document(files)}---\n${document(job)}`,
    ...(options.claim === undefined && {
      claim: `# The folder of the grid "${grid.name}". Deleting it deletes all that its jobs made.\n${document(volumeClaim(facts, options))}`,
    }),
  };
}

/** What a pod runs. A file, for in a pod's own command Kubernetes reads $(...) itself. */
function scriptOf({ out }: Grid, { program, cpus, retries }: KubernetesOptions, since: Date): string {
  return `# Does the job in the line of this pod's index.
set -eu
name=$(sed -n "$((JOB_COMPLETION_INDEX + 1))p" ${filesFolder}/jobs)
echo "job $JOB_COMPLETION_INDEX: $name"
last=
if [ "\${FAILURES:-0}" -ge ${retries} ]; then last=--last-try; fi
# In place of the shell, so that it hears when it is asked to stop.
exec ${program} grid job ${filesFolder}/grid.yaml --out ${quoted(out)} --job "$name" --threads ${cpus} \\
  --wait ${patience} --since ${since.toISOString()} $last
`;
}

function document(value: object): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
