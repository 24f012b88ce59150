import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from '../../stages/run_folder';
import { quoted } from '../../terminal/command_line';
import { whole } from '../../terminal/numbers';
import type { Grid } from '../grid';
import type { Job } from '../job';
import { kubernetesManifest } from './manifest';

/**
 * Writes what Kubernetes needs to do jobs of a grid, and says how it is submitted.
 *
 * @param left jobs that are neither done nor being done, as far as is known here
 * @throws InputError where the grid does not say which image to run
 */
export async function runOnKubernetes(grid: Grid, left: readonly Job[]): Promise<void> {
  const text = await readFile(grid.file, 'utf8');
  const manifest = kubernetesManifest(grid, left, { text, since: new Date() });
  const folder = join(grid.out, 'kubernetes');
  const [job, claim] = [join(folder, 'job.yaml'), join(folder, 'claim.yaml')];
  await mkdir(folder, { recursive: true });
  await writeWhole(job, manifest.job);
  if (manifest.claim === undefined) await rm(claim, { force: true });
  else await writeWhole(claim, manifest.claim);
  const { image, atOnce, cpus, memory, namespace } = grid.config.kubernetes as NonNullable<
    Grid['config']['kubernetes']
  >;
  const kubectl = namespace === undefined ? 'kubectl' : `kubectl --namespace ${namespace}`;
  console.log(
    `${job}: ${whole(left.length)} jobs in ${image}, ${whole(atOnce)} at once, each with ${cpus} cores and ${memory}.\n` +
      'Nothing is submitted. Submit with:\n' +
      (manifest.claim === undefined ? '' : `  kubectl apply -f ${quoted(claim)}\n`) +
      `  ${kubectl} delete job ${manifest.name} --ignore-not-found\n` +
      `  kubectl apply -f ${quoted(job)}\n` +
      `Then see: ${kubectl} get job ${manifest.name}; ${kubectl} logs --selector app.kubernetes.io/instance=${manifest.name} --prefix`,
  );
}
