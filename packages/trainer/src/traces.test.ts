import '@halokit/tfjs-backend-onnxruntime';
import '@tensorflow/tfjs';
import { disposeModel } from '@halokit/models';
import { loadCheckpoint } from '@halokit/models/node';
import { registerWasmKernels } from '@halokit/models/wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { backends } from '../test/backends';
import { expectTrace } from '../test/expect_trace';
import { runTrace } from '../test/run_trace';
import { checkpointFolder, readTrace } from '../test/trace_files';

const names = ['kto_neox_rmsprop', 'kto_llama_rmsprop', 'kto_llama_adamw', 'dpo_neox_rmsprop', 'sft_llama_adamw'];

registerWasmKernels();
/** What is not arithmetic is the same everywhere: it is seen on the backends that are quick, on the processor. */
const isQuick = (backend: string) => backend !== 'cpu' && backends.includes('cpu');
const cases = backends.flatMap((backend) => names.map((name) => [name, backend] as const));

describe.each(cases)('%s on %s', (name, backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });
  const trace = readTrace(name);

  test.each(isQuick(backend) ? [1, 2, 4] : [2])('in microbatches of %d', async (size) => {
    const policy = await loadCheckpoint(checkpointFolder(trace.policy));
    expectTrace(await runTrace(policy, trace, size), trace);
    disposeModel(policy);
  });

  if (backend === 'cpu') return;
  test('layers computed again, to the bit', async () => {
    const outcome = async (gradientCheckpointing: boolean) => {
      const policy = await loadCheckpoint(checkpointFolder(trace.policy));
      const { steps, entries } = await runTrace(policy, trace, 2, { gradientCheckpointing });
      disposeModel(policy);
      return { entries, steps: steps.map(({ metrics: { loss, grad_norm }, leaked }) => ({ loss, grad_norm, leaked })) };
    };
    expect(await outcome(true)).toEqual(await outcome(false));
  });
});
