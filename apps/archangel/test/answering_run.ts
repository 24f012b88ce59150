import '@tensorflow/tfjs';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addRewardHead, disposeModel } from '@halokit/models';
import { saveCheckpoint } from '@halokit/models/node';
import * as tf from '@tensorflow/tfjs-core';
import { stringify } from 'yaml';
import { learnTokenizer } from '../src/stages/choose_tokenizer';
import { newModel } from '../src/stages/new_model';

/** Feedback on so many prompts, each a pair. */
export function pairsFile(file: string, name: string, count: number): string {
  const lines = Array.from({ length: count }, (_, i) =>
    JSON.stringify({ prompt: `${name} ${i}?`, chosen: `It is ${i}.`, rejected: 'No idea.' }),
  );
  writeFileSync(file, lines.join('\n'));
  return file;
}

/** A run's folder as training would leave it, but for the learning: its config and models of random weights by method. */
export async function answeringRun(
  folder: string,
  config: Readonly<Record<string, unknown>>,
  methods: readonly string[],
): Promise<string> {
  await tf.setBackend('cpu');
  mkdirSync(folder);
  writeFileSync(join(folder, 'config.yaml'), stringify(config));
  for (const [i, method] of methods.entries()) {
    const text = 'What is it? It is 1234567890. No idea. a b c d e f g';
    const known = { prompt: [{ role: 'user', content: text }], response: text, source: 'here', line: 1 } as const;
    const { tokenizer, files } = learnTokenizer([known], 300, { controlTokens: true });
    const plain = newModel({ layers: 1, width: 16, heads: 2, context: 96 }, tokenizer, i + 1);
    const model = method === 'bradleyTerry' ? addRewardHead(plain, { seed: 1 }) : plain;
    await saveCheckpoint(model, join(folder, method), { files });
    disposeModel(model);
  }
  return folder;
}
