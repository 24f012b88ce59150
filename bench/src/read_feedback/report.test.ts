import { expect, test } from 'vitest';
import { report } from './report';

test('a line a program, with the median and the greatest memory', () => {
  const outcome = (seconds: number, peakBytes: number, tokens = 0) => ({
    ...{ seconds, rows: 10, promptTokens: 2 * tokens, responseTokens: tokens, peakBytes },
  });
  const text = report({
    machine: { cpu: 'a processor', cores: 2, memoryBytes: 1, system: 'linux', features: [] },
    pairs: 1000,
    tokenizer: 'one',
    results: [
      { name: 'peer', outcomes: [outcome(1, 5e6), outcome(2, 6e6), outcome(4, 5e6)] },
      { name: 'ours', outcomes: [outcome(5, 2e8, 100)] },
    ],
  });
  expect(text).toContain('1,000 pairs from a .jsonl.gz (a processor, 2 cores)');
  expect(text).toContain('Tokenizer: one, 20.0 tokens a prompt and 10.0 a response.');
  expect(text).toMatch(/peer +2\.00 s \(1\.00 to 4\.00\) +500 pairs\/s {3}6\.00 MB/);
  expect(text).toMatch(/ours +5\.00 s .* 200 pairs\/s {3}200 MB/);
});
