import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Job } from 'kubernetes-models/batch/v1';
import { ConfigMap, PersistentVolumeClaim } from 'kubernetes-models/v1';
import { afterAll, expect, test, vi } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { gridOfJobs } from '../../../test/grid_of_jobs';
import { filesFolder } from './indexed_job';
import { kubernetesOptions } from './kubernetes_options';
import { kubernetesManifest } from './manifest';
import { runOnKubernetes } from './run_on_kubernetes';

const since = new Date('2026-11-26T12:00:00Z');
const folder = mkdtempSync(join(tmpdir(), 'kubernetes-'));

afterAll(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** The manifest of all jobs of a grid, held against the published schema. */
function read(keys: object, { out = '/out', text = 'models: {}\n' } = {}) {
  const grid = gridOfJobs(out, { kubernetes: kubernetesOptions.parse({ image: 'registry/halokit:1', ...keys }) });
  const manifest = kubernetesManifest(grid, grid.jobs, { text, since });
  const [map, job] = parseAllDocuments(manifest.job).map((document) => document.toJS());
  const claim = manifest.claim === undefined ? undefined : parseAllDocuments(manifest.claim)[0]?.toJS();
  new ConfigMap(map).validate();
  new Job(job).validate();
  if (claim) new PersistentVolumeClaim(claim).validate();
  return { grid, map: new ConfigMap(map), files: map.data, spec: new Job(job).spec, job: new Job(job), claim };
}

test('an Indexed Job does all jobs, each with what it asks for', () => {
  const { grid, map, job, spec, claim } = read({ namespace: 'research', cpus: 8, memory: '16Gi', secret: 'keys' });
  expect(spec).toMatchObject({ completionMode: 'Indexed', completions: grid.jobs.length, parallelism: 4 });
  expect(spec).toMatchObject({ backoffLimitPerIndex: 2, podReplacementPolicy: 'Failed' });
  const pod = spec?.template.spec;
  expect(pod?.restartPolicy).toBe('Never');
  const [container] = pod?.containers ?? [];
  expect(container?.resources).toEqual({
    requests: { cpu: '8', memory: '16Gi' },
    limits: { cpu: '8', memory: '16Gi' },
  });
  expect(container?.envFrom).toEqual([{ secretRef: { name: 'keys' } }]);
  // What is mounted is there: the grid's folder and the files, each under its own name.
  expect(container?.volumeMounts?.map(({ name, mountPath }) => [name, mountPath])).toEqual([
    ['out', '/out'],
    ['files', filesFolder],
  ]);
  expect(pod?.volumes).toEqual([
    { name: 'out', persistentVolumeClaim: { claimName: claim.metadata.name } },
    { name: 'files', configMap: { name: map.metadata?.name } },
  ]);
  expect([job, map, claim].map(({ metadata }) => metadata?.namespace)).toEqual(Array(3).fill('research'));
});

test('only what did not end by itself is tried again and counted', () => {
  const rules = read({ maxFailed: 100 }).spec?.podFailurePolicy?.rules;
  expect(rules?.map(({ action, onExitCodes }) => [action, onExitCodes?.values])).toEqual([
    ['Ignore', undefined],
    ['Ignore', [75, 130]],
    ['FailIndex', [1]],
  ]);
  // No more may fail than there are: the server refuses it.
  expect(read({ maxFailed: 100 }).spec?.maxFailedIndexes).toBe(9);
});

test('a pod does the job of its index, whatever the names, and no job stands before one that it comes after', () => {
  const program = `sh -c 'printf "<%s>" "$@"' archangel`;
  const { grid, files, spec } = read({ program, cpus: 3 }, { out: "/it's $(HOME) out" });
  writeFileSync(join(folder, 'jobs'), files.jobs);
  const script = files['job.sh'].replaceAll(filesFolder, folder);
  writeFileSync(join(folder, 'job.sh'), script);
  const ran = grid.jobs.map((_, index) => {
    const env = { ...process.env, JOB_COMPLETION_INDEX: `${index}`, FAILURES: `${index}` };
    return execFileSync('sh', [join(folder, 'job.sh')], { env, encoding: 'utf8' }).split('\n')[1];
  });
  expect(ran[4]).toBe(
    `<grid><job><${folder}/grid.yaml><--out><${grid.out}><--job><a/seed-1/kto@desirable=10%><--threads><3>` +
      '<--wait><10><--since><2026-11-26T12:00:00.000Z><--last-try>',
  );
  // Two retries: after two failures it is the last time.
  expect(ran.map((text) => text?.endsWith('<--last-try>'))).toEqual(ran.map((_, failures) => failures >= 2));
  // Kubernetes reads $(...) in what it gives a pod, but not in files.
  expect(spec?.template.spec?.containers[0]?.env?.[0]?.value).toBe("/it's $$(HOME) out/cache");
  const names = files.jobs.trimEnd().split('\n');
  for (const { name, after } of grid.jobs) {
    expect(ran[names.indexOf(name)]).toContain(`<--job><${name}>`);
    for (const before of after) expect(names.indexOf(before)).toBeLessThan(names.indexOf(name));
  }
});

test('a given claim and more keys of the pod are taken; the grid’s own keys are not to be given', () => {
  const { spec, claim } = read({ claim: 'shared', pod: { nodeSelector: { disk: 'fast' }, volumes: [{ name: 'x' }] } });
  expect(claim).toBeUndefined();
  expect(spec?.template.spec?.nodeSelector).toEqual({ disk: 'fast' });
  expect(spec?.template.spec?.volumes?.map(({ name }) => name)).toEqual(['x', 'out', 'files']);
  expect(spec?.template.spec?.volumes?.[1]?.persistentVolumeClaim).toEqual({ claimName: 'shared' });
  const { error } = kubernetesOptions.safeParse({ image: 'x', pod: { containers: [] } });
  expect(error?.issues[0]?.message).toContain('Leave out containers');
});

test('other files are another ConfigMap, for pods that still read theirs', () => {
  const [one, same, other] = [read({}), read({}), read({}, { text: 'models: { c: {} }\n' })];
  expect(one.map.metadata?.name).toBe(same.map.metadata?.name);
  expect(one.map.metadata?.name).not.toBe(other.map.metadata?.name);
});

test('more than Kubernetes hands on, and a grid without an image, are refused', () => {
  expect(() => read({}, { text: '#'.repeat(2 ** 20) })).toThrow(
    /1,04\d,\d{3} bytes, and Kubernetes hands on 1,048,576/,
  );
  const grid = gridOfJobs('/out');
  expect(() => kubernetesManifest(grid, grid.jobs, { text: '', since })).toThrow('kubernetes.image: is missing');
});

test('the files are written, and how they are submitted is said', async () => {
  const said = vi.spyOn(console, 'log').mockImplementation(() => {});
  const grid = gridOfJobs(folder, { kubernetes: kubernetesOptions.parse({ image: 'halokit', namespace: 'lab' }) });
  writeFileSync(grid.file, 'models: {}\n');
  await runOnKubernetes(grid, grid.jobs.slice(3));
  const text = String(said.mock.calls[0]?.[0]);
  for (const name of ['claim', 'job']) expect(text).toContain(`kubectl apply -f ${folder}/kubernetes/${name}.yaml\n`);
  expect(text).toContain('kubectl --namespace lab delete job archangel-small --ignore-not-found\n');
  expect(readFileSync(join(folder, 'kubernetes/job.yaml'), 'utf8')).toContain('completions: 6\n');
});
