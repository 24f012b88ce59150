import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkpointOf, controlTokenOf, trainedAs } from './trained_as';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'run-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** A run's folder with these models. */
async function run(config: string, ...stages: string[]): Promise<void> {
  await writeFile(join(folder, 'config.yaml'), config);
  for (const stage of stages) {
    await mkdir(join(folder, stage));
    await writeFile(join(folder, stage, 'config.json'), '{}');
  }
}

test('a run stands for the model it aligned, and otherwise for none but its only one', async () => {
  await run('method: kto\n', 'sft', 'kto');
  expect(await checkpointOf(folder)).toBe(join(folder, 'kto'));
  expect(await checkpointOf(join(folder, 'sft'))).toBe(join(folder, 'sft'));
  await mkdir(join(folder, 'dpo'));
  expect(await checkpointOf(folder)).toBe(join(folder, 'kto'));
  await writeFile(join(folder, 'dpo', 'config.json'), '{}');
  await expect(checkpointOf(folder)).rejects.toThrow(`has several models: name one of ${join(folder, 'dpo')}, `);
  await rm(join(folder, 'dpo'), { recursive: true });
  await rm(join(folder, 'kto'), { recursive: true });
  expect(await checkpointOf(folder)).toBe(join(folder, 'sft'));
  await rm(join(folder, 'sft'), { recursive: true });
  await expect(checkpointOf(folder)).rejects.toThrow('has saved no model yet');
  expect(await checkpointOf('elsewhere')).toBe('elsewhere');
});

test('the format and control tokens are those of training, and only of the stage that had them', async () => {
  await run('method: csft\nformat: chat-template\n', 'sft', 'csft');
  const aligned = await trainedAs(join(folder, 'csft'));
  expect(aligned).toEqual({ format: 'chat-template', controlTokens: true });
  expect(await trainedAs(`${join(folder, 'sft')}/`)).toEqual({ format: 'chat-template', controlTokens: false });
  expect(await trainedAs('nowhere')).toBeUndefined();
  expect(controlTokenOf(undefined, aligned)).toBe('<|good|>');
  expect(controlTokenOf('undesirable', aligned)).toBe('<|bad|>');
  expect(controlTokenOf('none', aligned)).toBeUndefined();
  expect(controlTokenOf(undefined, undefined)).toBeUndefined();
  expect(controlTokenOf('desirable', undefined)).toBe('<|good|>');
});

test('a run of another loss, or of the demo, had none', async () => {
  await run('method: kto\n', 'kto');
  expect(await trainedAs(join(folder, 'kto'))).toEqual({ format: 'tulu', controlTokens: false });
  await writeFile(join(folder, 'config.yaml'), 'seed: 1\n');
  expect(await trainedAs(join(folder, 'kto'))).toEqual({ format: 'tulu', controlTokens: false });
});
