import type { Loss } from '../contract';
import { ProbeError } from './ask_world';
import { checkOneValue } from './one_value';
import { prospectProperties } from './prospect_properties';
import { checkReferencePoint } from './reference_point';
import type { Clause, ClauseName, HaloDefinition, HaloReport } from './report';
import { checkReward, type RewardFinding } from './rewards';
import { type ValueCurve, valueCurves } from './value_curve';
import { checkConcave, checkNonDecreasing } from './value_shape';

/**
 * Says whether a loss meets the definition of a human-aware loss, by numbers alone: it asks the loss about made-up
 * batches, on TensorFlow.js's current backend, and reads no name and no declared `value`.
 *
 * Every clause is checked on its own, and one that fails comes with a counter-example. A pass means that none was
 * found: z is tried up to 512 nats, on grids from 1/256 nat on. A loss that throws or is NaN fails the clauses that it
 * leaves unanswered, and is quoted. It takes some 1,500 batches of six: a tenth of a second on the cpu backend.
 *
 * Source: Ethayarajh et al., "KTO: Model Alignment as Prospect Theoretic Optimization", Definition 3.4.
 *
 * @param options.definition `signed` (default) takes KTO's two classes for one v with a sign, `v1` asks for one v as it is
 *
 * @example
 * const report = await checkHalo(kto({ desirableWeight: 1.33 }));
 * report.meets; // false: one v cannot hold two weights
 * report.classWeight; // 1.33
 */
export async function checkHalo(
  loss: Loss,
  options: { readonly definition?: HaloDefinition } = {},
): Promise<HaloReport> {
  const { definition = 'signed' } = options;
  const { clause: rewardClause, reward, kind, oneLength = false } = await rewardOf(loss);
  const referencePoint = await clause('reference point', () => checkReferencePoint(loss, kind, oneLength));
  const reading = { loss, kind, definition, oneLength, hasReferencePoint: referencePoint.verdict === 'holds' };
  let curves: ValueCurve[] | undefined;
  const read = async () => {
    curves ??= await valueCurves(reading);
    return curves;
  };
  const nonDecreasing = await clause('non-decreasing', async () => checkNonDecreasing(await read()));
  const concave = await clause('concave in gains', async () => checkConcave(await read()));
  let classWeight: number | undefined;
  const oneValue = await clause('one v', async () => {
    const finding = await checkOneValue(reading, await read());
    classWeight = finding.classWeight;
    return finding.clause;
  });
  const clauses = [rewardClause, referencePoint, nonDecreasing, concave, oneValue];
  return {
    loss: loss.name,
    definition,
    meets: clauses.every(({ verdict }) => verdict === 'holds'),
    ...(reward && { reward }),
    clauses,
    properties: {
      ...(referencePoint.verdict !== 'unclear' && { referencePoint: referencePoint.verdict === 'holds' }),
      ...prospectProperties(curves ?? []),
    },
    ...(classWeight && { classWeight }),
  };
}

async function rewardOf(loss: Loss): Promise<RewardFinding> {
  let found: RewardFinding | undefined;
  const failed = await clause('reward', async () => {
    found = await checkReward(loss);
    return found.clause;
  });
  return found ?? { clause: failed, kind: loss.needs?.reference ? 'log-ratio' : 'log-probability' };
}

/** A clause that could not be checked because of what the loss did fails, and says what. */
async function clause(name: ClauseName, check: () => Promise<Clause>): Promise<Clause> {
  try {
    return await check();
  } catch (error) {
    if (!(error instanceof ProbeError)) throw error;
    return { name, verdict: 'fails', detail: `This could not be checked: ${error.message}.` };
  }
}
