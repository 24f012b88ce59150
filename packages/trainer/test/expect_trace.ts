import { expect } from 'vitest';
import type { TraceOutcome } from './run_trace';
import type { Trace } from './traces';

/** Every number of every step, and the weights after the last, as far as float32 comes from the oracle's float64. */
export function expectTrace({ steps, entries }: TraceOutcome, trace: Trace): void {
  expect(steps.length).toBe(trace.steps.length);
  steps.forEach(({ metrics, logps, rewards }, k) => {
    const expected = trace.steps[k] as Trace['steps'][number];
    expect(metrics.learning_rate).toBeCloseTo(expected.lr, 12);
    close([metrics.loss], [expected.loss], 1e-4);
    close([metrics.grad_norm as number], [expected.grad_norm_before_clip], 1e-3);
    close(logps, expected.target_logps ?? expected.logps ?? [], 1e-3);
    if (expected.KL !== undefined) close([metrics.kl as number], [expected.KL], 1e-3);
    if (expected.chosen_rewards) close(chosenOf(rewards, trace), scaled(expected.chosen_rewards, trace), 1e-3);
  });
  // The first step makes the optimiser's state; after it the count of tensors never changes.
  expect(steps.slice(1).map(({ leaked }) => leaked)).toEqual(steps.slice(1).map(() => 0));
  for (const [name, { entries: expected }] of Object.entries(trace.parameters_after_last_step)) {
    close(
      entries[name] ?? [],
      expected.map(([, value]) => value),
      1e-3,
    );
  }
}

function chosenOf(rewards: readonly number[], { batch: { desirable } }: Trace): number[] {
  return rewards.filter((_, i) => (desirable ? desirable[i] : i < rewards.length / 2));
}

/** HALOs' main branch reports rewards without beta. */
function scaled(rewards: readonly number[], { loss, config }: Trace): number[] {
  return rewards.map((reward) => reward * (loss === 'halos_kto' ? (config.beta as number) : 1));
}

function close(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(Math.abs((actual[i] as number) - value), `${actual[i]}, expected ${value}`).toBeLessThan(
      tolerance * Math.max(1, Math.abs(value)),
    );
  });
}
