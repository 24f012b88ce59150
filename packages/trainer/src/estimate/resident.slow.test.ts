import { preset, writeConfig } from '@halokit/models';
import { expect, test } from 'vitest';
import { measureProcess, type StepJob } from '../../test/measured_steps';
import { peakResidentBytes } from './resident';

const config = writeConfig(preset('pythia-70m'));

const jobs: readonly (readonly [string, StepJob])[] = [
  [
    'KTO, rows of 1,024 tokens one at a time',
    { config, method: 'kto', prompt: 512, response: 512, batchSize: 2, microbatchSize: 1 },
  ],
  [
    'DPO, 4 pairs of 256 tokens at once',
    { config, method: 'dpo', prompt: 128, response: 128, batchSize: 4, microbatchSize: 4 },
  ],
  [
    'SFT with AdamW, 16 rows of 128 tokens at once',
    { config, method: 'sft', optimizer: 'adamw', prompt: 64, response: 64, batchSize: 16, microbatchSize: 16 },
  ],
];

test.each(jobs)(
  'resident memory of Pythia-70m: %s',
  async (_, job) => {
    const { estimate, baseBytes, peakBytes } = await measureProcess(job);
    const expected = peakResidentBytes(estimate.memory.bytes, baseBytes);
    expect(expected / peakBytes, `${expected} expected, ${peakBytes} measured`).toBeGreaterThan(0.85);
    expect(expected / peakBytes, `${expected} expected, ${peakBytes} measured`).toBeLessThan(1.15);
  },
  900_000,
);
