import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Loss } from '../contract';
import { csft } from '../core/csft';
import { dpo } from '../core/dpo';
import { kto } from '../core/kto';
import { ppo } from '../core/ppo';
import { sft } from '../core/sft';
import { slic } from '../core/slic';
import { apoZero, apoZeroUnpaired } from '../experimental/apo_zero';
import { bradleyTerry } from '../experimental/bradley_terry';
import { cdpo } from '../experimental/cdpo';
import { dpoSigmoid } from '../experimental/dpo_sigmoid';
import { hinge } from '../experimental/hinge';
import { ipo } from '../experimental/ipo';
import { ktoLogsigmoid } from '../experimental/kto_logsigmoid';
import { ktoSimple } from '../experimental/kto_simple';
import { ktoSurprisal } from '../experimental/kto_surprisal';
import { ktoZero } from '../experimental/kto_zero';
import { simpo } from '../experimental/simpo';
import { checkHalo } from './check_halo';
import type { ClauseName, HaloReport, Verdict } from './report';

beforeAll(() => tf.setBackend('cpu'));

const verdicts = (report: HaloReport, verdict: Verdict): ClauseName[] =>
  report.clauses.filter((clause) => clause.verdict === verdict).map((clause) => clause.name);

const clauseOf = (report: HaloReport, name: ClauseName) => {
  const clause = report.clauses.find((clause) => clause.name === name);
  if (!clause) throw new Error(`no clause ${name}`);
  return clause;
};

const numbersOf = (report: HaloReport, name: ClauseName) => clauseOf(report, name).counterExample?.numbers ?? {};

const curveOf = (report: HaloReport, name: ClauseName) => numbersOf(report, name) as { z: number[]; v: number[] };

describe('the signed definition', () => {
  test.each<[string, Loss, HaloReport['reward']]>([
    ['KTO with equal weights', kto(), 'log-ratio'],
    ['KTO by microbatch', kto({ z0: 'microbatch', z0Rows: 'nonzero' }), 'log-ratio'],
    ['KTO whose reference point is the other class', ktoSimple(), 'log-ratio'],
    ['KTO on surprisal', ktoSurprisal(), 'mean log-probability'],
    ['DPO', dpo(), 'log-ratio'],
    ['DPO with a hundred times the beta', dpo({ beta: 10 }), 'log-ratio'],
    ['the sigmoid of the report', dpoSigmoid(), 'log-ratio'],
    ['the hinge on log-ratios', hinge(), 'log-ratio'],
    ["SLiC's calibration term", slic({ lambda: 0 }), 'log-probability'],
    ['SimPO', simpo(), 'mean log-probability'],
  ])('%s meets it', async (_, loss, reward) => {
    const report = await checkHalo(loss);
    expect(verdicts(report, 'holds')).toHaveLength(5);
    expect(report).toMatchObject({ meets: true, reward, definition: 'signed', properties: { referencePoint: true } });
  });

  test.each<[string, Loss, ClauseName[]]>([
    ['KTO with unequal weights', kto({ desirableWeight: 1.33 }), ['one v']],
    ['KTO with log sigma', ktoLogsigmoid(), ['concave in gains', 'one v']],
    ['KTO from 0', ktoZero(), ['reference point']],
    ['APO-zero', apoZero(), ['reference point']],
    ['APO-zero on thumbs', apoZeroUnpaired(), ['reference point']],
    ['SLiC with its regulariser', slic(), ['reference point']],
    ['SFT by sequence', sft({ reduction: 'sequence' }), ['reference point']],
    ['SFT by token', sft(), ['reference point', 'one v']],
    ['CSFT', csft({ reduction: 'sequence' }), ['reference point', 'non-decreasing', 'one v']],
    ['IPO', ipo(), ['non-decreasing']],
    ['cDPO', cdpo(), ['non-decreasing']],
    [
      'PPO-clip without a critic',
      ppo({ critic: 'none', klWeight: 0 }),
      ['reward', 'reference point', 'concave in gains', 'one v'],
    ],
  ])('%s fails it', async (_, loss, failing) => {
    const report = await checkHalo(loss);
    expect(report.meets).toBe(false);
    expect(verdicts(report, 'fails')).toEqual(failing);
    for (const name of failing) expect(clauseOf(report, name).counterExample).toBeDefined();
  });

  test('unequal weights ask for a class weight, of their ratio', async () => {
    for (const [desirableWeight, undesirableWeight, ratio] of [
      [1.33, 1, 1.33],
      [1, 1.5, 2 / 3],
      [1.001, 1, 1.001],
    ] as const) {
      const report = await checkHalo(kto({ desirableWeight, undesirableWeight }));
      expect(report.classWeight).toBeCloseTo(ratio, 4);
    }
    expect(clauseOf(await checkHalo(kto({ desirableWeight: 1.33 })), 'one v').detail).toContain('class weight of 1.33');
    expect(await checkHalo(kto())).not.toHaveProperty('classWeight');
  });

  test('the regulariser of SLiC moves the loss by lambda c where all rewards rise by c', async () => {
    const { added, before, toAll } = numbersOf(await checkHalo(slic({ lambda: 0.1 })), 'reference point');
    expect((before as number) - (toAll as number)).toBeCloseTo(0.1 * (added as number), 4);
  });

  test('IPO falls where the distance to reach, 1 / (2 tau) = 5 nats, is exceeded', async () => {
    const { z, v } = curveOf(await checkHalo(ipo({ tau: 0.1 })), 'non-decreasing');
    expect(z[0]).toBe(5);
    z.forEach((at, i) => {
      expect(v[i]).toBeCloseTo(-((at - 5) ** 2), 3);
    });
  });

  test('cDPO falls beyond log((1 - epsilon) / epsilon) / beta, 13.9 nats', async () => {
    const { z } = curveOf(await checkHalo(cdpo({ beta: 0.1, epsilon: 0.2 })), 'non-decreasing');
    expect(Math.abs((z[0] as number) - 10 * Math.log(4))).toBeLessThan(1);
  });

  test('PPO-clip is convex below the upper clip: min(e^z, 2) up to log 2', async () => {
    const { z, v } = curveOf(await checkHalo(ppo({ critic: 'none', klWeight: 0 })), 'concave in gains');
    expect(z[2]).toBeLessThan(Math.log(2));
    z.forEach((at, i) => {
      expect(v[i]).toBeCloseTo(Math.exp(at), 4);
    });
    const { policyBefore, policyAfter } = numbersOf(await checkHalo(ppo({ critic: 'none' })), 'reward');
    const total = (row: unknown) => (row as number[]).reduce((sum, x) => sum + x, 0);
    expect(total(policyAfter)).toBeCloseTo(total(policyBefore), 4);
  });

  test('a reward model has no implied reward', async () => {
    const report = await checkHalo(bradleyTerry());
    expect(verdicts(report, 'fails')).toEqual(['reward']);
    expect(verdicts(report, 'unclear')).toHaveLength(4);
    expect(clauseOf(report, 'reward').detail).toContain('does not depend on the log-probabilities');
    expect(report).not.toHaveProperty('reward');
  });
});

describe('the first definition', () => {
  test('DPO meets it', async () => {
    expect((await checkHalo(dpo(), { definition: 'v1' })).meets).toBe(true);
  });

  test('KTO does not: the v of its undesirable examples falls, from -sigma(beta z) to lower', async () => {
    const report = await checkHalo(kto({ beta: 0.1 }), { definition: 'v1' });
    expect(verdicts(report, 'fails')).toEqual(['non-decreasing', 'concave in gains', 'one v']);
    const { z, v } = curveOf(report, 'non-decreasing');
    z.forEach((at, i) => {
      expect(v[i]).toBeCloseTo(-1 / (1 + Math.exp(-0.1 * at)), 4);
    });
    expect(clauseOf(report, 'one v').detail).toContain('turned over.');
  });
});
