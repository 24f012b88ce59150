import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { archangel } from '../../test/archangel';
import { runHere } from '../../test/run_here';

const folder = mkdtempSync(join(tmpdir(), 'demo-on-webgpu-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const argumentsFor = (device: string) => [
  ...['demo', '--device', device, '--out', join(folder, device)],
  ...['--sft-steps', '6', '--align-steps', '1', '--prompts', '4'],
];

/** The losses of one stage of a run. */
async function losses(device: string, stage: string): Promise<number[]> {
  const lines = (await readFile(join(folder, device, `${stage}-metrics.jsonl`), 'utf8')).trim().split('\n');
  return lines.map((line) => JSON.parse(line).loss);
}

test('the demo trains, aligns, answers and judges on a graphics processor as on the processor', async () => {
  const { status, stdout, stderr } = await runHere(...argumentsFor('webgpu'));
  expect(status, stderr).toBe(0);
  expect(stdout).toMatch(/WebGPU/);
  const onCpu = await archangel(...argumentsFor('cpu')).ended;
  expect(onCpu.status, onCpu.text).toBe(0);
  for (const stage of ['sft', 'kto', 'dpo']) {
    const [actual, expected] = [await losses('webgpu', stage), await losses('cpu', stage)];
    expect(actual).toHaveLength(stage === 'sft' ? 6 : 1);
    actual.forEach((loss, i) => {
      expect(Math.abs(loss / (expected[i] as number) - 1), `${stage} ${i}: ${actual} ${expected}`).toBeLessThan(0.01);
    });
  }
  const { standings } = JSON.parse(await readFile(join(folder, 'webgpu', 'report.json'), 'utf8'));
  expect(standings).toHaveLength(3);
});
