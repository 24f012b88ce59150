import { existsSync } from 'node:fs';
import { inProcess } from '@halokit/distributed';
import type { TokenRow } from '@halokit/models';
import type { Reference } from '@halokit/trainer';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ChosenBackend } from '../backend';
import type { TrainRequest } from '../config/load_config';
import { trainConfig } from '../config/train_config';
import { validate } from '../config/validate';
import { dealt } from '../held_out/dealt';
import { InputError } from '../input_error';
import type { RunFacts } from '../record/run_facts';
import { newRecord } from '../survival/resume_record';
import { commandLine } from '../terminal/command_line';
import { explain } from '../terminal/errors';
import { agreed, agreedBy } from './agreed';
import { answerFirst, askedByFirst } from './asked_by_first';
import { checkpointFacts, identityFacts, requestFacts } from './common_facts';
import { onAnyRank, onFirstRank } from './decide';
import { HostWord } from './host_word';
import { joinOptions } from './join_options';
import { knownToAll } from './known_to_all';
import { goneFrom, keptFrom, type Peer, threadsOf, whereTheyAre } from './peers';
import { quiet } from './quiet';
import { type Job, type Ranks, setRanks } from './ranks';
import { type Fact, firstDifference, requireSameOnAll } from './same_on_all';
import { takesPart } from './shared_commands';

const job: Job = {
  ...{ said: '3 ranks', hosts: ['alpha', 'alpha', 'beta'], threads: 1, start: 'mpirun -np 3' },
  ...{ isEnding: () => false, stand() {} },
};

/** What each of so many ranks comes to, or fails with. */
function onRanks<T>(size: number, work: (ranks: Required<Ranks>) => Promise<T>): Promise<PromiseSettledResult<T>[]> {
  const ranks = inProcess(size).map((communicator) => {
    const { rank } = communicator;
    return work({ rank, size, first: rank === 0, communicator, job });
  });
  return Promise.allSettled(ranks);
}

const valuesOf = <T>(settled: PromiseSettledResult<T>[]) =>
  settled.map((one) => (one as PromiseFulfilledResult<T>).value);
const errorsOf = (settled: PromiseSettledResult<unknown>[]) =>
  settled.map((one) => (one as PromiseRejectedResult).reason);

afterEach(() => {
  setRanks();
  vi.unstubAllEnvs();
});

describe('work that each rank does by itself', () => {
  test('gives each its own, once all have done it', async () => {
    expect(valuesOf(await onRanks(3, (ranks) => agreed(() => ranks.rank * 10, ranks)))).toEqual([0, 10, 20]);
  });

  test('fails on all where it fails on one, and all know on which', async () => {
    const full = Object.assign(new Error('low-level words'), { code: 'ENOSPC', syscall: 'write', path: 'runs/x' });
    const failed = await onRanks(3, (ranks) =>
      agreed(() => {
        if (ranks.rank === 1) throw full;
        if (ranks.rank === 2) throw new InputError('of the second');
      }, ranks),
    );
    const errors = errorsOf(failed);
    expect(errors[1]).toBe(full);
    for (const error of errors) {
      expect(agreedBy(error)).toEqual({ rank: 1 });
      expect(explain(error)).toContain('No space left on the disk: runs/x');
    }
    expect(agreedBy(new Error('of one rank alone'))).toBeUndefined();
  });

  test('decisions are rank 0’s, or any one’s', async () => {
    expect(valuesOf(await onRanks(2, (ranks) => onFirstRank(ranks.rank === 1, ranks)))).toEqual([false, false]);
    expect(valuesOf(await onRanks(2, (ranks) => onAnyRank(ranks.rank === 1, ranks)))).toEqual([true, true]);
  });

  test('numbers that are dealt are all there on all, of fewer items than ranks too', async () => {
    for (const items of [[1, 2, 3, 4, 5], [7]]) {
      const asked: number[] = [];
      const found = await onRanks(3, (ranks) =>
        dealt(
          items,
          2,
          async (some, from) => {
            asked.push(...some);
            expect(some[0]).toBe(items[from]);
            return some.flatMap((item) => [item, -item]);
          },
          ranks,
        ),
      );
      for (const numbers of valuesOf(found)) expect(numbers).toEqual(items.flatMap((item) => [item, -item]));
      expect(asked.sort()).toEqual(items);
    }
  });
});

describe('a rank that is not like rank 0 is refused', () => {
  const config = validate(trainConfig, { method: 'kto', data: 'a.jsonl' }, 'here');
  const request = { config, given: {} } as unknown as TrainRequest;
  const backend: ChosenBackend = { name: 'onnxruntime', device: 'cpu', notice: 'ONNX Runtime, 2 threads' };
  const data = {
    fingerprints: { train: 'a'.repeat(64), heldOut: 'b' },
    rows: 40,
    files: { 'a.jsonl': '1'.repeat(64) },
  };
  const facts = { fingerprints: { dataset: 'd', model: 'm', tokenizer: 't' } } as RunFacts;
  const refusedWith = (own: readonly Fact[], other: readonly Fact[]) => firstDifference([own, own, other], job.hosts);

  test('what was asked for and by what: keys, versions, what computes, the loss’s file, what is finished', async () => {
    const own = await requestFacts(request, backend);
    const asked = (changed: object) => ({ ...request, config: { ...config, ...changed } }) as TrainRequest;
    const refused = async (other: TrainRequest, computing = backend) =>
      refusedWith(own, await requestFacts(other, computing));
    expect(await refused(asked({ seed: 2 }))).toBe(
      'seed is 1 on rank 0 (alpha) and 2 on rank 2 (beta). Start every rank by the same command, with the same --config file.',
    );
    expect(await refused(asked({ shape: { ...config.shape, layers: 9 } }))).toContain('shape.layers is 4 on rank 0');
    expect(await refused(asked({ learningRate: 0.1 }))).toContain('learningRate is absent on rank 0 (alpha) and 0.1');
    expect(await refused(request, { ...backend, name: 'wasm' })).toContain('What computes is onnxruntime on rank 0');
    expect(await refused(request, { ...backend, float16: true })).toContain('and onnxruntime-float16 on rank 2');
    const finished = { ...newRecord({ settings: {}, given: {}, data }), finished: { sft: {} } };
    const resumed = await requestFacts({ ...request, resumed: { ...finished, finished: {} } }, backend);
    expect(refusedWith(resumed, await requestFacts({ ...request, resumed: finished }, backend))).toContain(
      'has finished is none on rank 0 (alpha) and sft on rank 2 (beta)',
    );
    const older = own.map((fact) => (fact.what.endsWith('of node') ? { ...fact, value: '18.0.0' } : fact));
    expect(refusedWith(own, older)).toContain(`The version of node is ${process.versions.node} on rank 0`);
    const [mine, edited] = await Promise.all(
      [asked({ method: 'package.json' }), asked({ method: 'tsconfig.json' })].map((one) => requestFacts(one, backend)),
    );
    expect(edited?.find(({ what }) => what === 'The file tsconfig.json')?.value).toMatch(/^[0-9a-f]{12}$/);
    expect(refusedWith(mine as Fact[], edited as Fact[])).toContain('method is "package.json"');
    // What computes them may differ.
    expect(await refused(asked({ threads: 7, device: 'webgpu' }))).toBeUndefined();
  });

  test.each<[string, object, object, string]>([
    ['a file', { files: { 'a.jsonl': '2'.repeat(64) } }, {}, 'The file a.jsonl is 111111111111 on rank 0'],
    [
      'the rows',
      { rows: 39 },
      {},
      'The number of rows read is 40 on rank 0 (alpha) and 39 on rank 2 (beta). Let all ranks',
    ],
    [
      'the data',
      { fingerprints: { train: 'c'.repeat(64), heldOut: 'b' } },
      {},
      'to train on is aaaaaaaaaaaa on rank 0',
    ],
    ['what is held out', { fingerprints: { train: 'a'.repeat(64), heldOut: 'x' } }, {}, 'the data held out is b on'],
    ['the model', {}, { model: 'other' }, 'The fingerprint of the model is m on rank 0 (alpha) and other on'],
    ['the tokenizer', {}, { tokenizer: 'other' }, 'The fingerprint of the tokenizer is t on'],
  ])('%s', (_, otherData, otherFacts, message) => {
    const other = { fingerprints: { ...facts.fingerprints, ...otherFacts } } as RunFacts;
    expect(refusedWith(identityFacts(data, facts), identityFacts({ ...data, ...otherData }, other))).toContain(message);
    expect(refusedWith(identityFacts(data, facts), identityFacts(data, facts))).toBeUndefined();
  });

  test('the step that it goes on from; and all ranks hear it', async () => {
    const refused = await onRanks(3, (ranks) =>
      requireSameOnAll(checkpointFacts('KTO', ranks.rank === 1 ? 8 : undefined), ranks),
    );
    for (const error of errorsOf(refused)) {
      expect(error).toBeInstanceOf(InputError);
      expect(error.message).toContain('The step that KTO goes on from is the first on rank 0 (alpha) and 8 on rank 1');
      expect(agreedBy(error)).toEqual({ rank: 0 });
    }
  });
});

describe('a reference of which rank 0 has the store', () => {
  const rows: TokenRow[] = Array.from({ length: 7 }, (_, i) => {
    return { prompt: Int32Array.of(1, i), response: Int32Array.from({ length: 1 + (i % 3) }, (_, j) => j) };
  });
  const said = ({ prompt, response }: TokenRow) => Float32Array.from(response, (id) => -id - (prompt[1] as number));
  const never = new AbortController().signal;

  test('is asked by rank 0, answered by all, and known to all', async () => {
    const answered: number[] = [];
    const known = await onRanks(3, async ({ communicator, first }) => {
      const reference: Reference = {
        logps: async (some) => {
          answered.push(...some.map(({ prompt }) => prompt[1] as number));
          return some.map(said);
        },
      };
      const ranks = { reference, rows, communicator, signal: never };
      const asked = askedByFirst(ranks);
      if (first) {
        // The first three are known from before.
        expect(await asked.logps(rows.slice(3, 5))).toEqual(rows.slice(3, 5).map(said));
        expect(await asked.logps(rows.slice(5))).toEqual(rows.slice(5).map(said));
        expect(await asked.end()).toBe(true);
      } else await answerFirst(ranks);
      const store: Reference = { logps: async (some) => some.map(said) };
      return (await knownToAll(first ? store : undefined, [...rows, ...rows], communicator, 3)).logps(
        rows.toReversed(),
      );
    });
    for (const logps of valuesOf(known)) expect(logps).toEqual(rows.toReversed().map(said));
    expect(answered.sort()).toEqual([3, 4, 5, 6]);
  });

  test('stops on all where one was asked to stop', async () => {
    const failed = await onRanks(2, async ({ communicator, first }) => {
      const reference: Reference = { logps: async (some) => some.map(said) };
      const ranks = { reference, rows, communicator, signal: first ? never : AbortSignal.abort() };
      const asked = askedByFirst(ranks);
      await (first ? asked.logps(rows).finally(async () => expect(await asked.end()).toBe(false)) : answerFirst(ranks));
    });
    expect(errorsOf(failed).map(({ name }) => name)).toEqual(['AbortError', 'AbortError']);
  });
});

describe('where ranks are', () => {
  const peer = (host: string, cores: string, pid = 1): Peer => {
    return { host, pid, cores, parallelism: cores === '0-7' ? 8 : 2, coresOfLauncher: '0-7' };
  };
  const unbound = [peer('alpha', '0-7', 1), peer('alpha', '0-7', 2), peer('alpha', '0-7', 3), peer('beta', '0-7', 4)];
  const boundPeers = [peer('alpha', '0-1'), peer('alpha', '2,5')];

  test('they share the cores that they may run on', () => {
    expect([0, 3].map((rank) => threadsOf(unbound, rank))).toEqual([2, 8]);
    expect(threadsOf(boundPeers, 0)).toBe(2);
    expect(threadsOf(Array(9).fill(peer('alpha', '0-7')), 0)).toBe(1);
    expect(keptFrom(unbound, 0)).toEqual({ idle: 0, of: 8 });
    expect(keptFrom(boundPeers, 1)).toEqual({ idle: 4, of: 8 });
  });

  test('in words', () => {
    expect(whereTheyAre(unbound)).toBe('4 ranks on alpha and beta');
    expect(whereTheyAre(boundPeers)).toBe('2 ranks on alpha');
    expect(whereTheyAre([...'abcde'].map((host) => peer(host, '0')))).toBe('5 ranks on 5 hosts');
  });

  test('which are gone is known of the own host', () => {
    expect(goneFrom(unbound, 0, (pid) => pid === 1 || pid === 3)).toEqual([1]);
    expect(goneFrom(unbound, 3, () => false)).toEqual([]);
  });
});

test('one rank of a host has its word', () => {
  const word = HostWord.make();
  const same = new HostWord(word.file);
  expect([word.isTaken, existsSync(word.file)]).toEqual([false, true]);
  expect([same.take(), word.take(), word.isTaken]).toEqual([true, false, true]);
});

test('a rank that is quiet is heard by its own word alone', () => {
  const heard: string[] = [];
  const { stdout, stderr } = process;
  const writers = [stdout.write, stderr.write];
  stderr.write = ((text: string) => heard.push(text) > 0) as typeof stderr.write;
  try {
    const say = quiet();
    stdout.write('a');
    stderr.write('b');
    say('c');
  } finally {
    [stdout.write, stderr.write] = writers as [typeof stdout.write, typeof stderr.write];
  }
  expect(heard).toEqual(['c\n']);
});

test('which commands all ranks take part in, and how those are typed', () => {
  const shared = [['train', '--data', 'x'], ['reference'], ['sample', 'runs/a'], ['judge'], ['grid', 'job', 'g.yaml']];
  expect(shared.map(takesPart)).toEqual(shared.map(() => true));
  expect([['report'], ['grid', 'status'], ['train', '--help'], [], ['data', 'train']].some(takesPart)).toBe(false);
  vi.stubEnv('npm_lifecycle_event', '');
  setRanks({ rank: 0, size: 3, first: true, job });
  expect(commandLine('train', '--resume', 'runs/a')).toBe('mpirun -np 3 archangel train --resume runs/a');
  expect(commandLine('grid', 'status', 'g')).toBe('archangel grid status g');
});

test('how ranks are joined is said by flags of any command, or by the environment', () => {
  const words = ['train', '--mpi', '/lib/libmpi.so', '--data', 'x', '--patience=60'];
  expect(joinOptions(words, {})).toEqual({
    words: ['train', '--data', 'x'],
    options: { library: '/lib/libmpi.so', patience: 60 },
  });
  const environment = { ARCHANGEL_MPI: 'a.so', ARCHANGEL_PATIENCE: '0' };
  expect(joinOptions(['env'], environment).options).toEqual({ library: 'a.so', patience: 0 });
  expect(joinOptions(['env', '--mpi', 'b.so'], environment).options.library).toBe('b.so');
  expect(joinOptions([], {})).toEqual({ words: [], options: {} });
  expect(() => joinOptions(['train', '--mpi', '--data'], {})).toThrow('--mpi stands alone');
  expect(() => joinOptions([], { ARCHANGEL_PATIENCE: 'long' })).toThrow('ARCHANGEL_PATIENCE is long: make it seconds');
});
