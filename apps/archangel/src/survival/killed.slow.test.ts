import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { afterAll, expect, test } from 'vitest';
import { archangel, untilSaved } from '../../test/archangel';
import { metricsOf, small, thumbs } from '../../test/own_training';

const folder = mkdtempSync(join(tmpdir(), 'killed-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('a run of the app, killed in every stage at random moments, ends with the bytes of one that was not', async () => {
  const data = join(folder, 'thumbs.jsonl');
  writeFileSync(data, thumbs().join('\n'));
  const [whole, out] = [join(folder, 'whole'), join(folder, 'run')];
  const common = ['train', '--method', 'kto', '--data', data, ...small, '--epochs', '12', '--sft.epochs', '12'];
  expect(await archangel(...common, '--out', whole).ended).toMatchObject({ status: 0 });

  const random = xoroshiro128plus(3);
  let kills = 0;
  for (let life = 0; life < 40; life++) {
    const how = life === 0 ? [...common, '--out', out, '--save-every', '2'] : ['train', '--resume', out];
    const run = archangel(...how);
    await untilSaved(run, out, uniformInt(random, 1, 2));
    await setTimeout(uniformInt(random, 0, 60));
    run.child.kill('SIGKILL');
    const { status, text } = await run.ended;
    if (status === null) kills++;
    else expect(status, text).toBe(0);
    if (status === 0) break;
  }
  expect(kills).toBeGreaterThanOrEqual(10);
  expect(await archangel('train', '--resume', out).ended).toMatchObject({ status: 0 });
  for (const file of ['sft/model.safetensors', 'kto/model.safetensors']) {
    expect(readFileSync(join(out, file)).equals(readFileSync(join(whole, file))), file).toBe(true);
  }
  for (const stage of ['sft', 'kto']) expect(await metricsOf(out, stage)).toEqual(await metricsOf(whole, stage));
});
