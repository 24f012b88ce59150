import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';

const { parse } = createRequire(new URL('../apps/archangel/package.json', import.meta.url))('yaml');
const example = (name: string) => readFileSync(`docs/examples/${name}`, 'utf8');

/**
 * Keys that the operator's schema has, of which a cluster drops others without a word.
 *
 * Source: manifests/base/kubeflow.org_mpijobs.yaml of github.com/kubeflow/mpi-operator, v2beta1; Kubernetes' API for a pod's.
 */
const keys = {
  spec: [
    ...['launcherCreationPolicy', 'mpiImplementation', 'mpiReplicaSpecs', 'runLauncherAsWorker', 'runPolicy'],
    ...['slotsPerWorker', 'sshAuthMountPath'],
  ],
  runPolicy: [
    ...['activeDeadlineSeconds', 'backoffLimit', 'cleanPodPolicy', 'managedBy', 'schedulingPolicy', 'suspend'],
    'ttlSecondsAfterFinished',
  ],
  replica: ['replicas', 'restartPolicy', 'template'],
  container: ['name', 'image', 'env', 'command', 'args', 'volumeMounts', 'resources'],
};

const unknown = (object: object, known: readonly string[]) => Object.keys(object).filter((key) => !known.includes(key));

test('docs/examples/mpijob.yaml has the keys of an MPIJob, and as many ranks as workers', () => {
  const { apiVersion, kind, spec } = parse(example('mpijob.yaml'));
  expect([apiVersion, kind]).toEqual(['kubeflow.org/v2beta1', 'MPIJob']);
  expect(unknown(spec, keys.spec)).toEqual([]);
  expect(unknown(spec.runPolicy, keys.runPolicy)).toEqual([]);
  expect(Object.keys(spec.mpiReplicaSpecs)).toEqual(['Launcher', 'Worker']);
  const { Launcher, Worker } = spec.mpiReplicaSpecs;
  for (const replica of [Launcher, Worker]) {
    expect(unknown(replica, keys.replica)).toEqual([]);
    const { containers, volumes } = replica.template.spec;
    for (const container of containers) {
      expect(unknown(container, keys.container)).toEqual([]);
      expect(container.volumeMounts.map(({ name }: { name: string }) => name)).toEqual([volumes[0].name]);
    }
  }
  const [script] = Launcher.template.spec.containers[0].args;
  const { cpu } = Worker.template.spec.containers[0].resources.limits;
  expect(script).toContain(`-np ${Worker.replicas * spec.slotsPerWorker} archangel train "$@" --threads ${cpu}`);
});

test('the image has what its job starts', () => {
  const image = example('mpi.Dockerfile');
  const { mpiReplicaSpecs } = parse(example('mpijob.yaml')).spec;
  expect(mpiReplicaSpecs.Worker.template.spec.containers[0].command[0]).toBe('/usr/sbin/sshd');
  for (const name of ['openssh-server', 'openssh-client', 'openmpi-bin', '@halokit/archangel'])
    expect(image).toContain(name);
});
