import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runCheck } from './check';

let said: string[];
beforeEach(() => {
  said = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => said.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
});

test('KTO keeps all rules and is a HALO, as a word and as an option', async () => {
  const { passed, halo } = await runCheck(['kto']);
  expect([passed, halo.meets, halo.definition]).toEqual([true, true, 'signed']);
  const text = said.join('\n');
  expect(text).toContain('kto: trains on thumbs up and down; needs a reference model, mismatched rows.');
  expect(text).toContain('kto keeps all ');
  expect(text).toContain('kto meets the definition of a human-aware loss.');
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  expect((await runCheck(['--method', 'kto', '--definition', 'v1'])).halo.meets).toBe(false);
});

test('options are those of the loss, and what is no HALO passes all the same', async () => {
  const { passed, halo } = await runCheck(['kto', '--loss.desirable-weight', '1.33']);
  expect([passed, halo.meets]).toEqual([true, false]);
  expect(said.join('\n')).toContain('✗ one v');
  await expect(runCheck(['kto', '--loss.bta', '1'])).rejects.toThrow('Did you mean "loss.beta"?');
  await expect(runCheck(['kto', '--definition', 'v2'])).rejects.toThrow('command line: definition: ');
  await expect(runCheck([])).rejects.toThrow('Say what to check');
});
