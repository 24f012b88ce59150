import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { answeredRun } from '../../test/answered_run';
import { archangel } from '../../test/archangel';
import { judgeServer } from '../../test/judge_server';

test('killed in the middle, it goes on without asking again for what it had', async () => {
  const cache = mkdtempSync(join(tmpdir(), 'cache-'));
  vi.stubEnv('XDG_CACHE_HOME', cache);
  const run = answeredRun({ kto: Array.from({ length: 60 }, (_, i) => 1 + (i % 9)) });
  const { endpoint, asked, answered } = await judgeServer({ delay: 20 });
  const command = ['judge', run, '--judge', 'local', '--endpoint', endpoint, '--concurrency', '4'];
  const first = archangel(...command);
  while (answered.length < 50) await setTimeout(1);
  first.child.kill('SIGKILL');
  await first.ended;
  await setTimeout(100);
  const kept = readFileSync(join(cache, 'halokit/judgments/local.jsonl'), 'utf8').split('\n').length - 1;
  const before = asked.length;
  // What was under way when it was killed is lost, and no more.
  expect(before - kept).toBeLessThanOrEqual(4);
  const second = archangel(...command);
  const { status, text } = await second.ended;
  vi.unstubAllEnvs();
  expect(status, text).toBe(0);
  expect(asked.length - before).toBe(120 - kept);
  expect(new Set(asked).size).toBe(120);
});
