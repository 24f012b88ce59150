import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Completion } from '@halokit/evaluation';

/**
 * A folder with answers as `archangel sample` leaves them: of each method one to every prompt, so many letters long.
 *
 * @param lengths by method; the target is four letters long
 */
export function answeredRun(lengths: Readonly<Record<string, readonly number[]>>, name = 'kto-thumbs'): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'judged-')), name);
  mkdirSync(folder);
  writeFileSync(join(folder, 'config.yaml'), 'method: kto\n');
  for (const [method, counts] of Object.entries(lengths)) {
    const lines = counts.map((tokens, i): Completion => {
      const prompt = [{ role: 'user', content: `Say ${i}.` }] as const;
      const id = `prompt-${i}`;
      const response = method.slice(0, 1).repeat(tokens);
      return {
        id,
        set: i % 2 ? 'odd' : 'even',
        prompt,
        response,
        tokens,
        finished: true,
        target: 'good',
        targetTokens: 4,
      };
    });
    writeFileSync(
      join(folder, `${method}-completions.jsonl`),
      lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    );
    const info = { model: join(name, method), method, fingerprint: method, data: 'thumbs.jsonl', settings: {} };
    writeFileSync(join(folder, `${method}-completions.json`), JSON.stringify(info));
  }
  return folder;
}
