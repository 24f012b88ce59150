import { readFileSync } from 'node:fs';
import { addAdapter, type CausalLM } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import type { Trace } from './traces';

/** SFT of an adapter and then KTO of the same one, as test/reference/adapter_traces.py worked it out. */
export interface AdapterTraces {
  readonly rank: number;
  readonly alpha: number;
  readonly targets: readonly string[];
  readonly sft: Trace;
  readonly kto: Trace;
  /** KTO's first step if the base alone were the reference. */
  readonly kto_against_base: { readonly loss: number; readonly KL: number };
}

export function readAdapterTraces(name: string): AdapterTraces {
  return JSON.parse(readFileSync(new URL(`../fixtures/adapters/${name}.json`, import.meta.url), 'utf8'));
}

/** An adapter with the numbers that the traces start from. */
export function startOf(base: CausalLM, { rank, alpha, targets }: AdapterTraces): CausalLM {
  const model = addAdapter(base, { seed: 1, rank, alpha, targets, dropout: 0 });
  const names = [...model.weights.keys()].filter((name) => name.endsWith('lora_A.weight')).sort();
  for (const [number, name] of names.entries()) {
    const weight = model.weights.get(name) as tf.Variable;
    const values = Float32Array.from({ length: weight.size }, (_, k) => ((k * 7919 + 31 * number) % 1009) / 1009 - 0.5);
    tf.tidy(() => weight.assign(tf.tensor(values, weight.shape)));
  }
  return model;
}
