import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { appendLog, cutLog, readLog } from './jsonl_log';

test('a log goes on from a step: what came after it, a line that was cut off too, is gone', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'log-')), 'samples.jsonl');
  expect(await readLog(path, 10)).toEqual([]);
  await cutLog(path, 0);
  await appendLog(path, [{ step: 0 }, { step: 5 }, { step: 10 }]);
  await writeFile(path, `${await readFile(path, 'utf8')}{"step":1`);
  await cutLog(path, 5);
  await appendLog(path, [{ step: 10 }]);
  expect(await readFile(path, 'utf8')).toBe('{"step":0}\n{"step":5}\n{"step":10}\n');
  expect(await readLog(path, 5)).toEqual([{ step: 0 }, { step: 5 }]);
  await cutLog(path, 0);
  expect(await readFile(path, 'utf8')).toBe('');
});
