import '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, test } from 'vitest';
import type { BinaryLoss, BinaryRows, Loss, PreferenceLoss } from '../contract';
import { dpo } from '../core/dpo';
import { kto } from '../core/kto';
import { ppo } from '../core/ppo';
import { sft } from '../core/sft';
import { slic } from '../core/slic';
import { grpo } from '../experimental/grpo';
import { ipo } from '../experimental/ipo';
import { logRatios } from '../log_ratio';
import { checkHalo } from './check_halo';

beforeEach(() => tf.setBackend('cpu'));

/** The loss with its numbers changed. */
function altered<L extends BinaryLoss | PreferenceLoss>(loss: L, change: (losses: tf.Tensor1D) => tf.Tensor1D): L {
  const losses = (rows: never, statistics: unknown) => {
    const result = (loss.losses as (rows: never, statistics: unknown) => { losses: tf.Tensor1D })(rows, statistics);
    return { ...result, losses: change(result.losses) };
  };
  return { ...loss, losses };
}

/** -log sigma(0.1 z) plus something of z, the difference of log-ratios. */
function onMargin(extra: (z: tf.Tensor1D) => tf.Tensor1D): PreferenceLoss {
  const plain = dpo({ beta: 0.1 });
  return {
    ...plain,
    losses(rows, statistics) {
      const z = tf.sub<tf.Tensor1D>(logRatios(rows.chosen), logRatios(rows.rejected));
      const result = plain.losses(rows, statistics);
      return { ...result, losses: tf.add<tf.Tensor1D>(result.losses, extra(z)) };
    },
  };
}

const failing = async (loss: Loss) =>
  (await checkHalo(loss)).clauses.filter(({ verdict }) => verdict !== 'holds').map(({ name }) => name);

test('neither the name nor the declared value decides', async () => {
  for (const [loss, meets] of [
    [kto(), true],
    [slic(), false],
  ] as const) {
    const other = { ...loss, name: meets ? 'sft' : 'kto' };
    Object.defineProperty(other, 'value', {
      get: () => {
        throw new Error('the checker read value');
      },
    });
    const report = await checkHalo(other);
    expect(report).toEqual({ ...(await checkHalo(loss)), loss: other.name });
    expect(report.meets).toBe(meets);
  }
});

test.each<[string, (x: tf.Tensor1D) => tf.Tensor1D]>([
  ['1000 more', (x) => tf.add(x, 1000)],
  ['times 3', (x) => tf.mul(x, 3)],
  ['times 1e-4', (x) => tf.mul(x, 1e-4)],
  ['times 1e6', (x) => tf.mul(x, 1e6)],
])('%s, KTO and DPO still meet the definition, and IPO does not', async (_, change) => {
  for (const beta of [0.01, 0.1, 3]) {
    expect(await failing(altered(kto({ beta }), change))).toEqual([]);
    expect(await failing(altered(dpo({ beta }), change))).toEqual([]);
  }
  expect(await failing(altered(ipo(), change))).toEqual(['non-decreasing']);
});

test('losing digits where it is flat is no flaw', async () => {
  for (const beta of [0.05, 0.3, 1]) {
    const loss = onMargin((z) => {
      const crude = tf.log(tf.add(tf.exp(tf.mul(z, -beta)), 1));
      return tf.sub(crude, tf.softplus(tf.mul(z, -0.1)));
    });
    expect(await failing(loss)).toEqual([]);
  }
});

describe('a small flaw is found where it is', () => {
  const bump = (at: number, width: number, height: number) => (z: tf.Tensor1D) =>
    tf.mul<tf.Tensor1D>(tf.exp(tf.neg(tf.square(tf.div(tf.sub(z, at), width)))), height);

  test.each([
    [20, 3, 0.1],
    [-40, 5, 1],
    [0.5, 0.1, 0.01],
    [200, 20, 0.01],
  ])('a fall at z = %d, %d wide', async (at, width, height) => {
    const report = await checkHalo(onMargin(bump(at, width, height)));
    const fall = report.clauses.find(({ name }) => name === 'non-decreasing');
    expect(fall?.verdict).toBe('fails');
    const places = fall?.counterExample?.numbers.z ?? Number.NaN;
    for (const z of [places].flat()) expect(Math.abs(z - at)).toBeLessThanOrEqual(4 * width);
  });

  test('a kink upwards at z = 20', async () => {
    const report = await checkHalo(onMargin((z) => tf.mul(tf.relu(tf.sub(z, 20)), -0.02)));
    expect(report.clauses.filter(({ verdict }) => verdict === 'fails').map(({ name }) => name)).toEqual([
      'concave in gains',
    ]);
    const z = report.clauses[3]?.counterExample?.numbers.z as number[];
    expect(z[0]).toBeLessThan(20);
    expect(z[2]).toBeGreaterThan(20);
  });

  test('the same kink in losses is no flaw', async () => {
    expect(await failing(onMargin((z) => tf.mul(tf.minimum(tf.add(z, 20), 0), 0.01)))).toEqual([]);
  });

  test('a class, a length and the others of the batch that enter by themselves', async () => {
    const plain = kto();
    const adding = (of: (rows: BinaryRows) => tf.Tensor1D): BinaryLoss<{ z0: number }> => ({
      ...plain,
      losses(rows, statistics) {
        const result = plain.losses(rows, statistics);
        return { ...result, losses: tf.mul(result.losses, of(rows)) };
      },
    });
    const flawed = [
      adding(({ policy }) => tf.sum<tf.Tensor1D>(policy.mask, 1)),
      adding(({ policy, desirable }) => tf.add<tf.Tensor1D>(tf.zerosLike(desirable), tf.mean(policy.mask))),
      adding(({ desirable }) => tf.add<tf.Tensor1D>(tf.zerosLike(desirable), tf.mean(desirable))),
    ];
    for (const loss of flawed) expect(await failing(loss)).toContain('one v');
    const byOthers = {
      'length of the other examples': ({ policy }: BinaryRows) =>
        tf.sub<tf.Tensor1D>(tf.sum(policy.mask), tf.sum(policy.mask, 1)),
      'rewards of the other examples': (rows: BinaryRows) => {
        const d = logRatios(rows);
        const apart = tf.abs(tf.sub<tf.Tensor1D>(tf.slice1d(d, 2, 1), tf.slice1d(d, 4, 1)));
        return tf.add<tf.Tensor1D>(tf.onesLike(rows.desirable), apart);
      },
    };
    for (const [what, of] of Object.entries(byOthers)) {
      const { clauses } = await checkHalo(adding(of));
      expect(clauses[4]).toMatchObject({ verdict: 'fails', detail: expect.stringContaining(what) });
    }
    expect(await failing(adding(({ desirable }) => tf.onesLike(desirable)))).toEqual([]);
  });
});

describe('a loss that does not answer', () => {
  test('that throws is quoted, and the input named', async () => {
    const report = await checkHalo({ ...dpo(), needs: {} });
    expect(report.meets).toBe(false);
    for (const clause of report.clauses) {
      expect(clause.verdict).toBe('fails');
      expect(clause.detail).toMatch(/throws "This loss reads a reference.*" at a pair of log-probabilities \[-?\d/);
    }
  });

  test('that is NaN for some z fails where v is read, and says where', async () => {
    const report = await checkHalo(onMargin((z) => tf.mul(tf.sqrt(tf.sub(100, z)), 0)));
    const [, , fall] = report.clauses;
    expect(fall?.verdict).toBe('fails');
    expect(fall?.detail).toMatch(/the loss is NaN at z = 10\d, a pair of log-probabilities/);
  });

  test('that is infinite because float32 runs over is read as far as it goes', async () => {
    const report = await checkHalo(onMargin((z) => tf.exp(tf.neg(z))));
    expect(report.meets).toBe(true);
    expect(report.clauses[2]?.detail).toMatch(/z from -8\d to 512 nats/);
  });

  test('that reduces, or gives nothing, is told what was expected', async () => {
    const reduced = await checkHalo(altered(dpo(), (x) => tf.mean(x)));
    expect(reduced.clauses[0]?.detail).toContain('the losses have shape [], not one per example, [6]');
    const nothing = await checkHalo(altered(dpo(), () => undefined as unknown as tf.Tensor1D));
    expect(nothing.clauses[0]?.detail).toContain('no losses');
  });
});

test('no tensor is left', async () => {
  const before = tf.memory().numTensors;
  const silent = { ...dpo(), needs: {} };
  for (const loss of [kto(), dpo(), sft(), slic(), ppo(), grpo(), silent, altered(dpo(), (x) => tf.mean(x))]) {
    await checkHalo(loss);
    await checkHalo(loss, { definition: 'v1' });
  }
  expect(tf.memory().numTensors).toBe(before);
});

test('on wasm the verdicts are the same', async () => {
  const losses = [kto(), kto({ desirableWeight: 1.33 }), dpo(), ipo(), slic(), slic({ lambda: 0 }), ppo()];
  const verdicts = async () => {
    const reports = await Promise.all(losses.map((loss) => checkHalo(loss)));
    return reports.map(({ clauses }) => clauses.map(({ verdict }) => verdict));
  };
  const onCpu = await verdicts();
  await tf.setBackend('wasm');
  const before = tf.memory().numTensors;
  expect(await verdicts()).toEqual(onCpu);
  expect(tf.memory().numTensors).toBe(before);
});
