import type { ClassWeights } from './classes';
import type { BinaryLoss, ValueFunction } from './contract';
import { prospect } from './prospect';
import { fixedPoint, mismatchedMean, type ReferencePoint, runningMean } from './reference_points';
import { hingeValue, kahnemanTversky, linear, logistic, logSigmoid } from './value_functions';

const valueNames = ['logistic', 'kahneman-tversky', 'log-sigmoid', 'linear', 'hinge'] as const;
const referenceNames = ['kl', 'zero', 'running-mean'] as const;

/** What `prospect` takes, in words and numbers that a config can hold. */
export interface NamedProspectOptions extends ClassWeights {
  readonly value?: (typeof valueNames)[number];
  readonly reference?: (typeof referenceNames)[number];
  readonly beta?: number;
  /** Of Kahneman and Tversky's function only. */
  readonly alpha?: number;
  /** Of Kahneman and Tversky's function only. */
  readonly lambda?: number;
}

export const namedProspectDefaults: Required<NamedProspectOptions> = {
  value: 'logistic',
  reference: 'kl',
  beta: 0.1,
  desirableWeight: 1,
  undesirableWeight: 1,
  alpha: 0.88,
  lambda: 2.25,
};

export const namedProspectChoices = { value: valueNames, reference: referenceNames };

/** `prospect` as a config asks for it. */
export function namedProspect(options: NamedProspectOptions = {}): BinaryLoss<{ z0: number }> {
  const { value, reference, alpha, lambda, ...scales } = { ...namedProspectDefaults, ...options };
  const values: Record<typeof value, () => ValueFunction> = {
    logistic: () => logistic,
    'kahneman-tversky': () => kahnemanTversky({ alpha, lambda }),
    'log-sigmoid': () => logSigmoid,
    linear: () => linear,
    hinge: () => hingeValue(),
  };
  const references: Record<typeof reference, () => ReferencePoint> = {
    kl: () => mismatchedMean(),
    zero: () => fixedPoint(0),
    'running-mean': () => runningMean() as ReferencePoint,
  };
  return prospect({ ...scales, value: values[value](), reference: references[reference]() });
}
