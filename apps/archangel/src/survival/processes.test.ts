import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { archangel, untilSaved } from '../../test/archangel';
import { small, thumbs } from '../../test/own_training';
import { runTrain } from '../commands/train';

// What signals do to a whole process.

const folder = mkdtempSync(join(tmpdir(), 'signals-'));
afterAll(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

test('Ctrl-C and kill finish the step, save it, say how to go on, and end with status 130', async () => {
  vi.spyOn(console, 'log').mockImplementation(() => {});
  vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const data = join(folder, 'thumbs.jsonl');
  writeFileSync(data, thumbs().join('\n'));
  const [whole, out] = [join(folder, 'whole'), join(folder, 'run')];
  const common = [
    '--method',
    'kto',
    '--data',
    data,
    ...small,
    '--epochs',
    '8',
    '--max-steps',
    '30',
    '--sft.epochs',
    '8',
  ];
  await runTrain([...common, '--out', whole]);

  const first = archangel('train', ...common, '--out', out, '--save-every', '1');
  await untilSaved(first, out, 2);
  first.child.kill('SIGINT');
  const stopped = await first.ended;
  expect(stopped.text).toContain('Stopping after this step, which is then saved. Once more stops at once.');
  expect(stopped.text).toMatch(/SFT has stopped after step \d+ of 16, which is saved\./);
  expect(stopped.text).toContain(` Go on with: archangel train --resume ${out}\n`);
  expect(stopped.text).not.toContain('    at ');
  expect(stopped.status).toBe(130);

  const second = archangel('train', '--resume', out);
  await untilSaved(second, out, 20);
  second.child.kill('SIGTERM');
  const asked = await second.ended;
  expect(asked.text).toMatch(/KTO has stopped after step \d+ of 30, which is saved/);
  expect(asked.status).toBe(130);

  await runTrain(['--resume', out]);
  for (const file of ['sft/model.safetensors', 'kto/model.safetensors']) {
    expect(readFileSync(join(out, file)).equals(readFileSync(join(whole, file))), file).toBe(true);
  }
  expect(readdirSync(out).sort()).toEqual(readdirSync(whole).sort());
}, 300_000);
