// Runs inside the bundle, in the child process: spec files of TensorFlow.js against one backend.
import { writeSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
// tfjs-core by itself has neither methods on tensors nor gradients; the specs take both for granted.
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { setTestEnvs, type TestEnv } from '@tensorflow/tfjs-core/dist/jasmine_util';
import jasmineCore, { type Env } from 'jasmine-core';
import { eventDescriptor, requestVariable, type SpecEvent, type SpecRequest } from './events';
import { reporter } from './reporter';
import { type Loaders, loadSpecs } from './spec_owners';

/** As upstream: a spec that has not settled by then has failed. */
const specTimeoutMs = 20_000;

/** Runs what the environment variable asks for. The order of the steps is essential: `describe` reads what went before. */
export async function runSpecs(testEnv: TestEnv, loaders: Loaders): Promise<void> {
  const { files, excluded }: SpecRequest = JSON.parse(process.env[requestVariable] ?? '{"files":[],"excluded":{}}');
  const env = bootJasmine();
  await startBackend(testEnv);
  setTestEnvs([testEnv]);
  const owners = await loadSpecs(env, files, loaders, (file, error) =>
    send({ kind: 'loadError', file, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
  const patterns = new Map(files.map((file) => [file, (excluded[file] ?? []).map((source) => new RegExp(source))]));
  env.configure({
    random: false,
    specFilter: (spec) => !patterns.get(owners.get(spec.id) ?? '')?.some((pattern) => pattern.test(spec.getFullName())),
  });
  env.addReporter(reporter(owners, send));
  await env.execute();
  send({ kind: 'end' });
  // Backends may keep threads and timers.
  process.exit(0);
}

function bootJasmine(): Env {
  const jasmine = jasmineCore.boot();
  jasmine.DEFAULT_TIMEOUT_INTERVAL = specTimeoutMs;
  const env = jasmine.getEnv();
  // Later versions of jasmine skip specs whose name was seen before.
  env.configure({ forbidDuplicateNames: false });
  return env;
}

async function startBackend({ backendName }: TestEnv): Promise<void> {
  if (!(await tf.setBackend(backendName))) throw new Error(`The backend ${backendName} did not start.`);
  await tf.ready();
}

/** Synchronous: an event has left before the code that it announces can kill the process. */
function send(event: SpecEvent): void {
  writeSync(eventDescriptor, `${JSON.stringify(event)}\n`);
}
