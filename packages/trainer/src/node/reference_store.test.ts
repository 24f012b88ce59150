import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TokenRow } from '@halokit/models';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { madeUpReference, rowOf, storedModel, storedQuestions } from '../../test/stored_questions';
import type { Reference } from '../reference';
import { type AskedRows, openReferenceStore, type ReferenceStore } from './reference_store';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'store-'));
});
afterEach(() => rm(folder, { recursive: true }));

const model = storedModel;
const openStore = () => openReferenceStore(folder, { model });
const filesOf = async () => (await readdir(join(folder, model))).sort();
const pathOf = async () => join(folder, model, (await filesOf())[0] as string);

async function askAll(store: ReferenceStore, questions: readonly TokenRow[][], reference = madeUpReference()) {
  const events: AskedRows[] = [];
  for await (const event of store.ask(reference, questions)) events.push(event);
  return events;
}

/** A reference that counts the rows it is asked for. */
function counting(): Reference & { rows: TokenRow[] } {
  const rows: TokenRow[] = [];
  return { rows, ...madeUpReference((asked) => rows.push(...asked)) };
}

describe('a store', () => {
  const questions = [[rowOf(1), rowOf(2), rowOf(1)], [rowOf(2), rowOf(3)], [rowOf(3)]];

  test('asks once for each row, says how far it is, and then knows them, in the next process too', async () => {
    const store = await openStore();
    const reference = counting();
    expect(store.missing(questions.flat())).toEqual([rowOf(1), rowOf(2), rowOf(3)]);
    expect(await askAll(store, questions, reference)).toEqual([
      { done: 2, total: 3 },
      { done: 3, total: 3 },
    ]);
    expect(reference.rows).toEqual([rowOf(1), rowOf(2), rowOf(3)]);
    const again = await openStore();
    for (const { reference } of [store, again]) {
      expect(await reference.logps(questions.flat())).toEqual(await madeUpReference().logps(questions.flat()));
    }
    expect(await askAll(again, questions, reference)).toEqual([]);
    expect(reference.rows.length).toBe(3);
    expect(await filesOf()).toEqual([expect.stringMatching(/^\d{17}-[0-9a-f]{8}\.logps$/)]);
  });

  test('asks of other data only for what is missing', async () => {
    await askAll(await openStore(), questions);
    const reference = counting();
    const store = await openStore();
    expect(
      await askAll(
        store,
        [
          [rowOf(3), rowOf(4)],
          [rowOf(1), rowOf(5)],
        ],
        reference,
      ),
    ).toEqual([
      { done: 1, total: 2 },
      { done: 2, total: 2 },
    ]);
    expect(reference.rows).toEqual([rowOf(4), rowOf(5)]);
    expect((await openStore()).missing([1, 2, 3, 4, 5, 6].map(rowOf))).toEqual([rowOf(6)]);
    expect((await filesOf()).length).toBe(2);
  });

  test('tells prompt from response, and models from one another', async () => {
    const ids = (...tokens: number[]) => Int32Array.from(tokens);
    await askAll(await openStore(), [[{ prompt: ids(1, 2), response: ids(3) }]]);
    const others = [
      { prompt: ids(1), response: ids(2, 3) },
      { prompt: ids(1, 2), response: ids(4) },
      { prompt: ids(1, 2), response: ids(3, 4) },
    ];
    expect((await openStore()).missing(others)).toEqual(others);
    const other = await openReferenceStore(folder, { model: 'f'.repeat(64) });
    expect(other.missing([{ prompt: ids(1, 2), response: ids(3) }]).length).toBe(1);
    await expect(openReferenceStore(folder, { model: '../else' })).rejects.toThrow('model is "../else": it must be');
  });

  test('does not answer for what it does not know', async () => {
    const store = await openStore();
    await askAll(store, questions);
    await expect(store.reference.logps([rowOf(1), rowOf(8)])).rejects.toThrow('holds nothing of 1 of 2 rows. Ask');
  });

  test('keeps what was answered before it was stopped, or the reference failed', async () => {
    const stop = new AbortController();
    const stopping = madeUpReference((rows) => rows.length === 1 && stop.abort(new Error('enough')));
    const three = [[rowOf(1), rowOf(2)], [rowOf(3)], [rowOf(4)]];
    const store = await openStore();
    const ask = async (reference: Reference) => {
      for await (const _ of store.ask(reference, three, { signal: stop.signal }));
    };
    await expect(ask(stopping)).rejects.toThrow('enough');
    expect((await openStore()).missing(three.flat())).toEqual([rowOf(4)]);
    const failing = { logps: async () => [Float32Array.of(-1, Number.NaN, -1, -1, -1)] };
    await expect(askAll(store, three, failing)).rejects.toThrow(
      'The reference gives a response token the log-probability NaN',
    );
    for await (const _ of store.ask(madeUpReference(), [[rowOf(7)], [rowOf(8)]])) break;
    expect((await openStore()).missing([rowOf(4), rowOf(7), rowOf(8)])).toEqual([rowOf(4), rowOf(8)]);
    expect((await filesOf()).every((name) => name.endsWith('.logps'))).toBe(true);
  });
});

test('the bytes of a file, by hand', async () => {
  await askAll(await openStore(), [[{ prompt: Int32Array.of(5), response: Int32Array.of(6, 7) }]], {
    logps: async () => [Float32Array.of(-0.5, -2)],
  });
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
  const key = sha256(Buffer.from('01000000050000000600000007000000', 'hex'));
  // One row, its key, two tokens; -0.5 and -2 as IEEE 754 has them.
  const body = Buffer.concat([Buffer.from('01000000', 'hex'), key, Buffer.from('02000000000000bf000000c0', 'hex')]);
  const header = `{"format":"halokit reference log-probabilities","version":1,"model":"${model}"}\n`;
  const length = Buffer.from('30000000', 'hex');
  expect(await readFile(await pathOf())).toEqual(Buffer.concat([Buffer.from(header), length, body, sha256(body)]));
});

describe('what is not as it was written', () => {
  const three = [[rowOf(1)], [rowOf(2)], [rowOf(3)]];

  test('wherever a file is cut off, what is whole before is known', async () => {
    await askAll(await openStore(), three);
    const [path, whole] = [await pathOf(), await readFile(await pathOf())];
    const header = whole.indexOf('\n') + 1;
    // Of each block 4 bytes before its body, 32 behind, and in it 4, 36 for the row and 4 for a token.
    const ends: number[] = [];
    for (const { response } of three.flat()) ends.push((ends.at(-1) ?? header) + 76 + 4 * response.length);
    expect(ends.at(-1)).toBe(whole.length);
    await rename(path, `${path}.partial`);
    for (let size = 0; size <= whole.length; size++) {
      await writeFile(`${path}.partial`, whole.subarray(0, size));
      const store = await openStore();
      expect(store.missing(three.flat()).length, `${size} bytes`).toBe(3 - ends.filter((end) => end <= size).length);
      // That the end is missing is what its name says.
      expect(store.damage).toEqual([]);
    }
  });

  test('a byte that changed is noticed, said once, and computed again', async () => {
    await askAll(await openStore(), three);
    const [path, whole] = [await pathOf(), await readFile(await pathOf())];
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole);
      changed[at] = (changed[at] as number) ^ 1;
      await writeFile(path, changed);
      const store = await openStore().catch((error: Error) => error);
      if (store instanceof Error) {
        // In the first line: another format, version or model.
        expect(at).toBeLessThan(whole.indexOf('\n'));
        expect(store.message).toMatch(new RegExp(`^${path}: .*Move it away\\.$`));
        continue;
      }
      expect(store.damage, `byte ${at}`).toEqual([expect.stringMatching(new RegExp(`^${path} is damaged from`))]);
      expect((await openStore()).damage).toEqual([]);
      const known = three.flat().filter((row) => store.missing([row]).length === 0);
      expect(await store.reference.logps(known)).toEqual(await madeUpReference().logps(known));
      expect(known.length).toBeLessThan(3);
      await rm(`${path}.partial`);
    }
    await writeFile(path, whole);
    expect((await openStore()).missing(three.flat())).toEqual([]);
  });
});

test('a process that is killed loses the question that it was at, and no more', async () => {
  const file = fileURLToPath(new URL('../../test/programs/ask_store.ts', import.meta.url));
  const args = ['--conditions=@halokit/source', '--import', 'tsx', file, folder];
  let known = 0;
  for (const questions of [5, 9, 2]) {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    let [begun, done] = [0, 0];
    for await (const line of createInterface(child.stdout)) {
      const event = JSON.parse(line);
      if ('asked' in event) begun++;
      else done = event.done;
      if (begun === questions) child.kill('SIGKILL');
    }
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(done).toBeGreaterThanOrEqual(3 * (questions - 1));
    const before = known;
    known = 120 - (await openStore()).missing(storedQuestions.flat()).length;
    expect(known - before).toBeGreaterThanOrEqual(done);
    expect(known - before).toBeLessThanOrEqual(3 * begun);
  }
  const { stdout } = await promisify(execFile)(process.execPath, args);
  expect(JSON.parse(stdout.trim().split('\n').at(-1) as string)).toEqual({ done: 120 - known, total: 120 - known });
  const all = storedQuestions.flat();
  expect(await (await openStore()).reference.logps(all)).toEqual(await madeUpReference().logps(all));
  expect((await filesOf()).map((name) => name.endsWith('.partial'))).toEqual([true, true, true, false]);
});
