import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { demoConfig } from '../config/demo_config';
import { runDemo } from './demo';

afterEach(() => {
  vi.restoreAllMocks();
});

async function demo(more: object = {}) {
  const said: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line: string) => said.push(line));
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const out = join(await mkdtemp(join(tmpdir(), 'demo-')), 'run');
  const standings = await runDemo(demoConfig.parse({ out, sftSteps: 3, alignSteps: 1, prompts: 8, ...more }));
  return { standings, out, report: said.join('\n') };
}

test('the demo from world to report, in few steps', async () => {
  const { standings, out, report } = await demo();
  expect(standings.map(({ name }) => name)).toEqual(['SFT', 'KTO', 'DPO']);
  for (const { samples, aligned } of standings) {
    expect(samples).toHaveLength(8);
    if (aligned) expect(aligned.winRate.wins + aligned.winRate.ties + aligned.winRate.losses).toBe(8);
  }
  expect(await readdir(out)).toEqual(expect.arrayContaining(['sft', 'kto', 'dpo', 'report.json', 'kto-metrics.jsonl']));
  expect(JSON.parse(await readFile(join(out, 'report.json'), 'utf8'))).toHaveProperty('duels');
  for (const words of ['reward accuracy', 'win rate over SFT', 'KL to SFT', 'KTO does not beat', out])
    expect(report).toContain(words);
});

test('a loss asked for is aligned with and compared as well', async () => {
  const { standings, out, report } = await demo({ method: 'csft' });
  expect(standings.map(({ name }) => name)).toEqual(['SFT', 'KTO', 'DPO', 'CSFT']);
  expect(await readdir(out)).toContain('csft');
  expect(report).toContain('KTO does not beat CSFT');
});

test('what the demo cannot compare is refused by name', async () => {
  await expect(demo({ method: 'kto' })).rejects.toThrow('kto: the demo trains kto anyway');
  await expect(demo({ method: 'bradleyTerry' })).rejects.toThrow('bradleyTerry: teaches a reward head');
  await expect(demo({ method: 'ppo', loss: { gama: 1 } })).rejects.toThrow('Did you mean "loss.gamma"?');
});
