import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type BinaryLoss, bco } from '@halokit/losses';
import * as tf from '@tensorflow/tfjs-core';

/** What a test does in the middle of training. */
export interface Hooks {
  /** Called before each step of the method: 1 is the first of this process. */
  onStep?(step: number): void;
  /** What a step's losses are multiplied by. */
  factor?(step: number): number;
}

/** Writes a file with a loss, BCO, that lets a test in, and feedback to train on. @returns the arguments for both */
export function ownTraining(folder: string, hooks: Hooks): string[] {
  const inner = bco() as BinaryLoss;
  let step = 0;
  const loss: BinaryLoss = {
    ...inner,
    name: 'own',
    prepare(batch, state) {
      step++;
      hooks.onStep?.(step);
      return inner.prepare?.(batch, state) as ReturnType<NonNullable<BinaryLoss['prepare']>>;
    },
    losses(rows, statistics) {
      const result = inner.losses(rows, statistics);
      return { ...result, losses: tf.mul(result.losses, hooks.factor?.(step) ?? 1) as tf.Tensor1D };
    },
  };
  const place = globalThis as { ownLoss?: () => BinaryLoss };
  place.ownLoss = () => {
    step = 0;
    return loss;
  };
  const [file, data] = [join(folder, 'own.js'), join(folder, 'thumbs.jsonl')];
  writeFileSync(file, 'export default () => globalThis.ownLoss();\n');
  writeFileSync(data, thumbs().join('\n'));
  return ['--loss', file, '--data', data, ...small];
}

export function thumbs(): string[] {
  return Array.from({ length: 40 }, (_, i) => {
    const response = i % 2 ? `It is ${i % 10}.` : 'No idea.';
    return JSON.stringify({ prompt: `Say ${i % 10}`, response, desirable: i % 2 === 1 });
  });
}

export const small = [
  ...['--shape.layers', '1', '--shape.width', '16', '--shape.heads', '2', '--batch-size', '8', '--held-out', '0.2'],
  ...['--epochs', '2', '--sft.epochs', '3'],
];

/** Lines of a stage's metrics, without the time they took. */
export async function metricsOf(out: string, loss: string): Promise<Record<string, number>[]> {
  const text = await readFile(join(out, `${loss}-metrics.jsonl`), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const { tokens_per_second: _, ...metrics } = JSON.parse(line);
      return metrics;
    });
}
