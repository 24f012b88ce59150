import { expect, test } from 'vitest';
import { type Completion, parseCompletion, promptId } from './completion';

const completion: Completion = {
  id: '1',
  set: 'shp',
  prompt: [{ role: 'user', content: 'Hi' }],
  response: 'Hello!',
  tokens: 3,
  finished: true,
};

test('a prompt’s id is the beginning of the SHA-256 of its turns as JSON, whatever else its turns say', async () => {
  // printf '%s' '[{"role":"user","content":"Hi \u00e9"}]' | sha256sum
  const turn = { role: 'user', content: 'Hi é' } as const;
  const id = await promptId([turn]);
  expect(id).toMatch(/^[0-9a-f]{16}$/);
  const { createHash } = await import('node:crypto');
  expect(id).toBe(createHash('sha256').update('[{"role":"user","content":"Hi é"}]').digest('hex').slice(0, 16));
  expect(await promptId([{ content: 'Hi é', role: 'user', more: 1 } as typeof turn])).toBe(id);
  expect(await promptId([{ role: 'assistant', content: 'Hi é' }])).not.toBe(id);
});

test('what is written is read, and fields of others are left out', () => {
  const target = { ...completion, target: 'Yes?', targetTokens: 2 };
  for (const written of [completion, target]) {
    expect(parseCompletion(JSON.stringify({ ...written, more: 1 }), 'a.jsonl:1')).toEqual(written);
  }
});

test.each([
  ['{', 'a.jsonl:7: is not a JSON object'],
  ['[]', 'a.jsonl:7: is not a JSON object'],
  ['null', 'a.jsonl:7: is not a JSON object'],
  [{ id: 3 }, 'a.jsonl:7: id: must be a text.'],
  [{ set: null }, 'set: must be'],
  [{ prompt: 'Hi' }, 'prompt: must be a list of turns'],
  [{ prompt: [] }, 'prompt: must be'],
  [{ prompt: [{ role: 'human', content: 'Hi' }] }, 'prompt: must be'],
  [{ prompt: [null] }, 'prompt: must be'],
  [{ response: 5 }, 'response: must be'],
  [{ tokens: 1.5 }, 'tokens: must be'],
  [{ finished: 'yes' }, 'finished: must be'],
  [{ target: 5 }, 'target: must be'],
  [{ targetTokens: -1 }, 'targetTokens: must be'],
])('%j is refused by its field', (wrong, message) => {
  const line = typeof wrong === 'string' ? wrong : JSON.stringify({ ...completion, ...wrong });
  expect(() => parseCompletion(line, 'a.jsonl:7')).toThrow(message);
});
