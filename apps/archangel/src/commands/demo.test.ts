import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { demoConfig } from '../config/demo_config';
import { runDemo } from './demo';

afterEach(() => {
  vi.restoreAllMocks();
});

test('the demo from world to report, in few steps', async () => {
  const said: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => said.push(line));
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const out = join(await mkdtemp(join(tmpdir(), 'demo-')), 'run');
  const config = demoConfig.parse({ out, sftSteps: 3, alignSteps: 1, prompts: 8 });
  const standings = await runDemo(config);
  expect(standings.map(({ name }) => name)).toEqual(['SFT', 'KTO', 'DPO']);
  for (const { samples, aligned } of standings) {
    expect(samples).toHaveLength(8);
    if (aligned) expect(aligned.winRate.wins + aligned.winRate.ties + aligned.winRate.losses).toBe(8);
  }
  expect(await readdir(out)).toEqual(expect.arrayContaining(['sft', 'kto', 'dpo', 'report.json', 'kto-metrics.jsonl']));
  expect(JSON.parse(await readFile(join(out, 'report.json'), 'utf8'))).toHaveProperty('duel');
  const report = said.join('\n');
  for (const words of ['reward accuracy', 'win rate over SFT', 'KL to SFT', 'KTO does not beat', out])
    expect(report).toContain(words);
});
