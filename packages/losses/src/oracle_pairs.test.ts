import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  expectClose,
  type OracleCase,
  oracle,
  settingsOf,
  shareOfTokens,
  tokenRows,
  tolerance,
  underHumanline,
} from '../test/oracle';
import { runPairs } from '../test/pair_cases';
import type { PreferenceLoss } from './contract';
import { dpo } from './core/dpo';
import { slic } from './core/slic';
import { apoZero } from './experimental/apo_zero';
import { bcoPaired } from './experimental/bco';
import { cdpo } from './experimental/cdpo';
import { dpoSigmoid } from './experimental/dpo_sigmoid';
import { hinge } from './experimental/hinge';
import { ipo } from './experimental/ipo';
import { orpo } from './experimental/orpo';
import { robust } from './experimental/robust';
import { simpo } from './experimental/simpo';

beforeAll(() => tf.setBackend('cpu'));

const sides = ['chosen', 'rejected'] as const;
type Side = (typeof sides)[number];

interface Origin {
  readonly create: (c: OracleCase) => PreferenceLoss;
  /** Our rewards from the peer's, where they are scaled otherwise; undefined where they are something else. */
  readonly rewards?: (theirs: readonly number[], c: OracleCase, side: Side) => number[] | undefined;
}

const times = (key: string) => (theirs: readonly number[], c: OracleCase) =>
  theirs.map((r) => r * (c.config[key] as number));

const origins: Record<string, Origin> = {
  legacy_dpo: { create: (c) => dpo(settingsOf(c)) },
  trl_dpo_sigmoid: { create: (c) => dpo(settingsOf(c)) },
  halos_dpo: { create: (c) => dpo(settingsOf(c)) },
  legacy_cdpo: { create: (c) => cdpo(settingsOf(c)) },
  halos_cdpo: { create: (c) => cdpo(settingsOf(c)) },
  legacy_dpo_sigmoid: { create: (c) => dpoSigmoid(settingsOf(c)) },
  legacy_slic: { create: (c) => slic(settingsOf(c)) },
  trl_dpo_hinge: { create: (c) => hinge(settingsOf(c)) },
  trl_dpo_robust: { create: (c) => robust(settingsOf(c)) },
  trl_dpo_apo_zero: { create: (c) => apoZero(settingsOf(c)) },
  trl_dpo_bco_pair: { create: (c) => bcoPaired(settingsOf(c)) },
  // HALOs reports mean log-ratios, TRL beta times summed ones; the loss of both is on means.
  halos_ipo: { create: (c) => ipo(settingsOf(c)), rewards: times('tau') },
  trl_dpo_ipo: {
    create: (c) => ipo({ tau: c.config.beta as number }),
    rewards: (theirs, c, side) => theirs.map((r, i) => r / Math.max(1, c.inputs[`${side}_lengths`]?.[i] as number)),
  },
  // HALOs reports mean log-probabilities, TRL beta times those, as we do. TRL's gamma is beta times the margin.
  halos_simpo: { create: (c) => simpo(settingsOf(c)), rewards: times('beta') },
  trl_simpo: {
    create: ({ config }) => {
      const [beta, gamma] = [config.beta as number, config.simpo_gamma as number];
      return simpo({ beta, margin: gamma / beta, labelSmoothing: config.label_smoothing as number });
    },
  },
  legacy_orpo: { create: (c) => orpo(settingsOf(c)) },
};

for (const [origin, { create, rewards }] of Object.entries(origins)) {
  describe(origin, () => {
    test.each(oracle(origin).map((c) => [c.name, c] as const))('%s', (_, c) => {
      if (Number.isNaN(c.expected.loss)) return expectOurOwn(c);
      const within = tolerance(c);
      const outcome = runPairs(underHumanline(create(c), c), c);
      expectClose([outcome.loss], [c.expected.loss as number], within);
      expectClose(outcome.losses, c.expected.losses as number[], within);
      for (const side of sides) {
        expectClose(outcome.grad[side], (c.grad[`policy_${side}_logps`] as number[][]).flat(), within);
        const theirs = c.expected[`${side}_rewards`] as number[];
        expectClose(outcome.rewards[side], rewards ? (rewards(theirs, c, side) ?? []) : theirs, within);
        if (c.config.humanline) {
          const shares = outcome.metrics[`unclamped/${side}`] ?? [];
          const rows = tokenRows(c, `policy_${side}_logps`);
          expectClose([shareOfTokens(shares, rows)], [Number(c.expected[`${side}_unclamped`])], within);
        }
      }
      expectAccuracy(origin, c, outcome.rewards);
    });
  });
}

/** HALOs' IPO divides by the number of tokens with a log-ratio other than 0, which is none before the first update. */
function expectOurOwn(c: OracleCase): void {
  const tau = c.config.tau as number;
  const outcome = runPairs(ipo({ tau }), c);
  expectClose(
    outcome.losses,
    [...outcome.losses].map(() => (1 / (2 * tau)) ** 2),
    (x) => 1e-6 * x,
  );
  expect([...outcome.grad.chosen, ...outcome.grad.rejected].every(Number.isFinite)).toBe(true);
}

/** Legacy HALOs compares every chosen response with the rejected one of the pair counted from the end. */
function expectAccuracy(origin: string, c: OracleCase, { chosen, rejected }: Record<Side, Float32Array>): void {
  const logged = c.expected.accuracies_as_logged as number[] | undefined;
  if (!logged) return;
  const isFlipped = origin.startsWith('legacy_');
  const other = isFlipped ? [...rejected].reverse() : [...rejected];
  expect([...chosen].map((reward, i) => Number(reward > (other[i] as number)))).toEqual(logged);
}

test('legacy HALOs logs another accuracy than that of its pairs', () => {
  const differs = oracle('legacy_dpo').filter((c) => {
    const [chosen, rejected] = sides.map((side) => c.expected[`${side}_rewards`] as number[]) as [number[], number[]];
    const accurate = chosen.map((reward, i) => Number(reward > (rejected[i] as number)));
    return accurate.join() !== (c.expected.accuracies_as_logged as number[]).join();
  });
  expect(differs.length).toBeGreaterThan(0);
});

describe('trl_orpo, whose likelihood is that of prompt and response and comes from outside', () => {
  test.each(oracle('trl_orpo').map((c) => [c.name, c] as const))('%s', (_, c) => {
    const within = tolerance(c);
    const outcome = runPairs(orpo({ oddsRatioWeight: c.config.beta as number, likelihoodWeight: 0 }), c);
    expectClose([outcome.loss + (c.inputs.chosen_nll as unknown as number)], [c.expected.loss as number], within);
    expectClose(
      outcome.losses,
      (c.expected.losses as number[]).map((x) => -x),
      within,
    );
    for (const side of sides) expectClose(outcome.grad[side], c.grad[`policy_${side}_logps`] as number[], within);
  });
});

describe("halos_slic_quirk: the peer adds [n] to [n, t]; the loss meant is legacy_slic's", () => {
  test.each(oracle('halos_slic_quirk').map((c) => [c.name, c] as const))('%s', (_, c) => {
    const outcome = runPairs(slic(settingsOf(c)), c);
    const chosen = c.inputs.policy_chosen_logps as number[][];
    const { beta = 1, lambda = 0.1 } = settingsOf(c);
    const sum = (row: readonly number[]) => row.reduce((total, x) => total + x, 0);
    const ours = chosen.map((row, i) => {
      const [w, l] = [sum(row), sum((c.inputs.policy_rejected_logps as number[][])[i] as number[])];
      return Math.max(0, beta - w + l) - lambda * w;
    });
    expectClose(outcome.losses, ours, tolerance(c));
    expect(Math.abs(outcome.loss - (c.expected.loss as number))).toBeGreaterThan(0.01);
  });
});
