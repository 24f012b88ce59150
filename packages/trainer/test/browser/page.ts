import { blobFiles, type CheckpointFiles, disposeModel, generate, readCheckpoint, urlFiles } from '@halokit/models';
import { registerWasmKernels } from '@halokit/models/wasm';
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { runTrace, type TraceOutcome } from '../run_trace';
import type { Trace } from '../traces';

/** What the test calls in the page; everything in and out is plain data. */
export interface Page {
  /** Starts the backend; its name, and whether the processor's wide instructions are used. */
  begin(): Promise<{ backend: string; simd: boolean }>;
  /** Greedy continuations by a checkpoint on the server. */
  continued(base: string, prompts: number[][], maxNewTokens: number): Promise<number[][]>;
  /** The same by the files chosen in an input of the page. */
  continuedByFiles(input: string, prompts: number[][], maxNewTokens: number): Promise<number[][]>;
  trained(base: string, trace: Trace, microbatchSize: number): Promise<TraceOutcome>;
  tensors(): number;
}

declare global {
  interface Window {
    page: Page;
  }
}

window.page = {
  async begin() {
    setWasmPaths('wasm/');
    registerWasmKernels();
    await tf.setBackend('wasm');
    return { backend: tf.getBackend(), simd: await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT').then(Boolean) };
  },

  continued: (base, prompts, maxNewTokens) =>
    continueFrom(urlFiles(new URL(base, location.href)), prompts, maxNewTokens),

  async continuedByFiles(input, prompts, maxNewTokens) {
    const { files } = document.querySelector(input) as HTMLInputElement;
    const byName = Object.fromEntries(Array.from(files ?? [], (file) => [file.name, file]));
    return continueFrom(blobFiles(byName), prompts, maxNewTokens);
  },

  async trained(base, trace, microbatchSize) {
    const policy = await readCheckpoint(urlFiles(new URL(base, location.href)));
    const outcome = await runTrace(policy, trace, microbatchSize);
    disposeModel(policy);
    return outcome;
  },

  tensors: () => tf.memory().numTensors,
};

async function continueFrom(files: CheckpointFiles, prompts: number[][], maxNewTokens: number): Promise<number[][]> {
  const model = await readCheckpoint(files);
  const ids = await generate(
    model,
    prompts.map((prompt) => Int32Array.from(prompt)),
    { maxNewTokens, eosId: -1 },
  );
  disposeModel(model);
  return ids.map((row) => [...row]);
}
