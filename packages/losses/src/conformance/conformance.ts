import type { Loss } from '../contract';
import {
  type Check,
  finite,
  gradientIsSlope,
  microbatchesAgree,
  needsAreTrue,
  noLeak,
  onePerExample,
  paddingIsIgnored,
  plainData,
} from './checks';
import { valueAgrees } from './value_agrees';

/** One rule that every loss has to keep. */
export interface ConformanceCheck {
  readonly name: string;
  readonly passed: boolean;
  /** What is wrong, where something is. */
  readonly detail?: string;
}

export interface ConformanceReport {
  readonly loss: string;
  readonly passed: boolean;
  readonly checks: readonly ConformanceCheck[];
}

/** Every rule, by what it says. */
export const conformanceChecks: Readonly<Record<string, Check>> = {
  'one loss and one reward per example': onePerExample,
  'finite losses and gradients, extremes and empty classes included': finite,
  'the gradient is the slope of the loss': gradientIsSlope,
  'padding is ignored': paddingIsIgnored,
  'microbatches give the same losses as the whole batch': microbatchesAgree,
  'needs what it declares, declares what it needs': needsAreTrue,
  'statistics and state are plain data, and nothing else is kept': plainData,
  'no tensor is left behind': noLeak,
  'the value function agrees with the loss': valueAgrees,
};

/**
 * Holds a loss against the rules that every loss of the catalogue keeps, on the current TensorFlow.js backend.
 *
 * @example
 * test('my loss keeps the rules', async () => {
 *   const report = await conformance(myHalo());
 *   expect(report.passed, describeConformance(report)).toBe(true);
 * });
 */
export async function conformance(loss: Loss): Promise<ConformanceReport> {
  const checks: ConformanceCheck[] = [];
  for (const [name, check] of Object.entries(conformanceChecks)) {
    const detail = await explained(check, loss);
    checks.push({ name, passed: detail === undefined, ...(detail !== undefined && { detail }) });
  }
  return { loss: loss.name, passed: checks.every(({ passed }) => passed), checks };
}

/** What is wrong, a thrown error included. */
async function explained(check: Check, loss: Loss): Promise<string | undefined> {
  try {
    return await check(loss);
  } catch (error) {
    return `It throws: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** The report as text, a line a rule and what is wrong below it. */
export function describeConformance({ loss, checks }: ConformanceReport): string {
  const failed = checks.filter(({ passed }) => !passed).length;
  const lines = checks.flatMap(({ name, passed, detail }) => [
    `  ${passed ? '✓' : '✗'} ${name}`,
    ...(detail === undefined ? [] : [`      ${detail}`]),
  ]);
  const verdict = failed === 0 ? `keeps all ${checks.length} rules` : `breaks ${failed} of ${checks.length} rules`;
  return [`${loss} ${verdict}:`, ...lines].join('\n');
}
