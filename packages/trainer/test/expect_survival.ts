import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { bundleTraining, killAgainAndAgain, trainToTheEnd } from './killed_training';

/** Training that was killed so often ends with the bytes of training that was not, and so do its metrics. */
export async function expectSurvival(kills: number, seed: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'survival-'));
  try {
    const program = await bundleTraining(folder);
    // Between two deaths at most one checkpoint, of two steps, is whole: each finds steps that are still to be made.
    const steps = 3 * kills;
    const [whole, killed] = [join(folder, 'whole'), join(folder, 'killed')];
    for (const run of [whole, killed]) await mkdir(run);
    await trainToTheEnd(program, whole, steps);
    const deaths = await killAgainAndAgain(program, killed, { steps, kills, seed });
    expect(await trainToTheEnd(program, killed, steps)).toEqual([]);
    expect(deaths.whileSaving).toBeGreaterThanOrEqual(kills / 8);

    for (const file of ['model/model.safetensors', 'model/adapter/adapter_model.safetensors']) {
      const [bytes, other] = [await readFile(join(whole, file)), await readFile(join(killed, file))];
      expect(other.equals(bytes), file).toBe(true);
    }
    expect(await metricsOf(killed)).toEqual(await metricsOf(whole));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function metricsOf(run: string): Promise<object[]> {
  const lines = (await readFile(join(run, 'metrics.jsonl'), 'utf8')).trim().split('\n');
  return lines.map((line) => ({ ...JSON.parse(line), tokens_per_second: 0 }));
}
