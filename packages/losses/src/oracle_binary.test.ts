import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { runBinary } from '../test/binary_cases';
import {
  expectClose,
  type OracleCase,
  oracle,
  readOracle,
  settingsOf,
  shareOfTokens,
  tokenRows,
  tolerance,
  underHumanline,
} from '../test/oracle';
import type { BinaryLoss } from './contract';
import { kto } from './core/kto';
import { apoZeroUnpaired } from './experimental/apo_zero';
import { bco } from './experimental/bco';
import { ktoLogsigmoid } from './experimental/kto_logsigmoid';
import { ktoSimple } from './experimental/kto_simple';
import { ktoSurprisal } from './experimental/kto_surprisal';
import { ktoZero } from './experimental/kto_zero';

beforeAll(() => tf.setBackend('cpu'));

const sides = ['chosen', 'rejected'] as const;

interface Origin {
  readonly create: (c: OracleCase) => BinaryLoss;
  /** What multiplies the peer's rewards to give ours; 1 where nothing is said. */
  readonly rewards?: 'beta';
}

const origins: Record<string, Origin> = {
  legacy_kto: { create: (c) => kto(settingsOf(c)) as BinaryLoss },
  trl_kto: { create: (c) => kto(settingsOf(c)) as BinaryLoss },
  // HALOs' main branch reports rewards without beta and leaves rows without drift out of z0.
  halos_kto: { create: (c) => kto({ ...settingsOf(c), z0Rows: 'nonzero' }) as BinaryLoss, rewards: 'beta' },
  legacy_kto_logsigmoid: { create: (c) => ktoLogsigmoid(settingsOf(c)) as BinaryLoss },
  legacy_kto_surprisal: { create: (c) => ktoSurprisal(settingsOf(c)) as BinaryLoss },
  legacy_kto_zero: { create: (c) => ktoZero(settingsOf(c)) as BinaryLoss },
  legacy_kto_simple: { create: (c) => ktoSimple(settingsOf(c)) },
  trl_apo_zero_unpaired: { create: (c) => apoZeroUnpaired(settingsOf(c)) as BinaryLoss },
};

/** What a case says of all its examples, desirable ones first. */
const both = (values: OracleCase['expected'] | OracleCase['grad'], name: (side: string) => string): number[] =>
  sides.flatMap((side) => (values[name(side)] as number[][]).flat());

for (const [origin, { create, rewards }] of Object.entries(origins)) {
  describe(origin, () => {
    test.each(oracle(origin).map((c) => [c.name, c] as const))('%s', (_, c) => {
      const within = tolerance(c);
      const outcome = runBinary(underHumanline(create(c), c), c);
      if (Number.isNaN(c.expected.loss)) return expectOurOwn(c, outcome);
      expectClose([outcome.loss], [c.expected.loss as number], within);
      expectClose(outcome.losses, c.expected.losses as number[], within);
      expectClose(
        outcome.grad,
        both(c.grad, (side) => `policy_${side}_logps`),
        within,
      );
      const scale = rewards ? (c.config[rewards] as number) : 1;
      expectClose(
        outcome.rewards,
        both(c.expected, (side) => `${side}_rewards`).map((r) => r * scale),
        within,
      );
      if (outcome.metrics.kl !== undefined) expectClose([outcome.metrics.kl], [c.expected.KL as number], within);
      if (c.config.humanline) {
        const rows = sides.map((side) => tokenRows(c, `policy_${side}_logps`));
        const shares = outcome.perExample.unclamped ?? new Float32Array();
        const desirable = shares.subarray(0, rows[0]?.length);
        const undesirable = shares.subarray(rows[0]?.length);
        expectClose([shareOfTokens(desirable, rows[0] ?? [])], [Number(c.expected.chosen_unclamped)], within);
        expectClose([shareOfTokens(undesirable, rows[1] ?? [])], [Number(c.expected.rejected_unclamped)], within);
      }
    });
  });
}

/** HALOs' simple KTO takes the mean of nothing for the reference point of the other class; ours is then 0. */
function expectOurOwn(c: OracleCase, { losses, grad }: ReturnType<typeof runBinary>): void {
  const [side, sign] =
    (c.inputs.policy_chosen_logps as number[]).length > 0 ? (['chosen', 1] as const) : (['rejected', -1] as const);
  const [policy, reference] = ['policy', 'reference'].map((model) => c.inputs[`${model}_${side}_logps`] as number[]);
  const expected = policy?.map((logp, i) => {
    const reward = (c.config.beta as number) * (logp - (reference?.[i] as number));
    return 1 / (1 + Math.exp(sign * reward));
  });
  expectClose(losses, expected ?? [], tolerance(c));
  expect([...grad].every(Number.isFinite)).toBe(true);
}

test('legacy HALOs ignores the weights of kto-zero; ours honours them', () => {
  const [c] = oracle('legacy_kto_zero') as [OracleCase];
  const plain = runBinary(ktoZero(settingsOf(c)) as BinaryLoss, c);
  const weighted = runBinary(ktoZero({ ...settingsOf(c), desirableWeight: 2, undesirableWeight: 3 }) as BinaryLoss, c);
  const desirable = (c.inputs.policy_chosen_logps as number[]).length;
  expectClose(
    weighted.losses,
    [...plain.losses].map((x, i) => x * (i < desirable ? 2 : 3)),
    (x) => 1e-6 * (1 + x),
  );
});

describe('trl_bco, whose running mean goes from step to step', () => {
  const { cases } = readOracle('trl_bco') as {
    cases: { name: string; config: { beta: number }; steps: OracleCase[] }[];
  };
  test.each(cases.map((c) => [c.name, c] as const))('%s', (_, { config: { beta }, steps }) => {
    const loss = bco({ beta }) as BinaryLoss;
    let state: unknown = loss.initialState;
    for (const step of steps) {
      const within = tolerance(step);
      const outcome = runBinary(loss, step, state);
      state = outcome.state;
      expectClose([outcome.loss], [step.expected.loss as number], within);
      expectClose(outcome.losses, step.expected.losses as number[], within);
      expectClose(
        outcome.grad,
        both(step.grad, (side) => `policy_${side}_logps`),
        within,
      );
      expectClose(
        outcome.rewards,
        both(step.expected, (side) => `${side}_rewards`),
        within,
      );
      expectClose([beta * (outcome.metrics.reference_point as number)], [step.expected.delta as number], within);
    }
  });
});
