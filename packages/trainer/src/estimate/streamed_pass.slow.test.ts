import { expect, test } from 'vitest';
import { measureStreamProcess, type StreamJob } from '../../test/measured_stream';
import { peakResidentBytes } from './resident';

/** A small `config.json`. */
function config(family: 'gpt_neox' | 'llama', layers: number, width: number, vocabulary: number, more: object = {}) {
  return {
    ...{ model_type: family, num_hidden_layers: layers, hidden_size: width, num_attention_heads: width / 64 },
    ...{ vocab_size: vocabulary, intermediate_size: 4 * width, max_position_embeddings: 2048 },
    ...more,
  };
}

const neox = (layers: number, width: number, vocabulary: number) => config('gpt_neox', layers, width, vocabulary);

const jobs: readonly (readonly [string, StreamJob])[] = [
  ['hidden states of many rows', { config: neox(2, 256, 4096), rows: 800, prompt: 384, response: 128, rowsAtOnce: 4 }],
  [
    'the same where they have little room, from files in 16 bits',
    {
      ...{ config: neox(2, 256, 4096), filesIn: 'bfloat16', statesBytes: 1.5e8 },
      ...{ rows: 800, prompt: 384, response: 128, rowsAtOnce: 4 },
    },
  ],
  [
    'long rows, whose attention is most',
    { config: neox(3, 512, 4096), rows: 12, prompt: 1024, response: 1000, rowsAtOnce: 2 },
  ],
  ['few tokens: weights are most', { config: neox(6, 512, 32768), rows: 8, prompt: 16, response: 16, rowsAtOnce: 4 }],
  ['a large vocabulary, at once', { config: neox(2, 384, 50304), rows: 100, prompt: 64, response: 128, rowsAtOnce: 8 }],
  [
    'a large vocabulary in blocks, shared heads, in 16 bits',
    {
      config: config('llama', 4, 512, 32000, { intermediate_size: 1376, num_key_value_heads: 2 }),
      ...{ filesIn: 'float16', vocabularyBytes: 8e6, rows: 200, prompt: 64, response: 128, rowsAtOnce: 8 },
    },
  ],
];

test.each(jobs)(
  'resident memory of streaming: %s',
  async (_, job) => {
    const { estimate, baseBytes, peakBytes } = await measureStreamProcess(job);
    const { memory } = estimate;
    const expected = peakResidentBytes(memory.bytes, baseBytes);
    const said = `${JSON.stringify(memory)}: ${expected} expected, ${peakBytes} measured, from ${baseBytes} on`;
    expect(expected / peakBytes, said).toBeGreaterThan(0.85);
    expect(expected / peakBytes, said).toBeLessThan(1.15);
  },
  600_000,
);
