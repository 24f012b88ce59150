import { catalogue } from '@halokit/losses';
import type { GridResults, GridSweep } from '../results/grid_results';
import type { Which } from './which_cells';

/** What a sweep of this name is about. */
export interface SweepKind {
  readonly title: string;
  readonly about: string;
  /** What every value is held against: the method without the sweep, or DPO from the same start. */
  readonly against: readonly ('plain' | 'dpo')[];
  /** What the method without the sweep is among the values. */
  readonly plain: string;
}

/** A cell that the values of a sweep are held against, and what it is called among them. */
export interface Plain {
  readonly label: string;
  readonly which: Which;
}

const fewer = (kind: string): SweepKind => ({
  title: `Fewer ${kind} examples`,
  about: `Of the ${kind} examples a share is kept, and the class weights are chosen for what is left.`,
  against: ['dpo'],
  plain: '100%',
});

const known: Readonly<Record<string, SweepKind>> = {
  desirable: fewer('desirable'),
  undesirable: fewer('undesirable'),
  onePerPrompt: {
    title: 'One response a prompt',
    about: 'Of the two responses to a prompt one is kept: feedback as a product’s log has it.',
    against: ['plain', 'dpo'],
    plain: 'both',
  },
  value: {
    title: 'Value functions',
    about: 'What a reward is worth: the same loss with other value functions in the place of KTO’s logistic one.',
    against: ['plain'],
    plain: 'logistic',
  },
  lossAversion: {
    title: 'Loss aversion',
    about: 'How much more a loss weighs than a gain, with Kahneman and Tversky’s value function.',
    against: ['plain'],
    plain: 'as it is',
  },
  noise: {
    title: 'Labels turned round',
    about: 'A share of the labels is the wrong way round, drawn with the seed.',
    against: ['plain'],
    plain: 'as it is',
  },
};

/** By its name; one that the report does not know is held against the method without it. */
export function sweepKind(name: string): SweepKind {
  const generic: SweepKind = { title: `Sweep “${name}”`, about: '', against: ['plain'], plain: 'as it is' };
  return Object.hasOwn(known, name) ? (known[name] as SweepKind) : generic;
}

/** Lambda of Kahneman and Tversky's value function, where it is not said. */
const usualLambda = String(catalogue.prospect.defaults.lambda);

/**
 * What a sweep departs from: its value of nothing, where it has one, as 0 % of noise; for loss aversion the value function
 * that it belongs to, where that is a cell of another sweep; else the method without it.
 */
export function plainOf({ sweeps }: Pick<GridResults, 'sweeps'>, { name, method, values }: GridSweep): Plain {
  const nothing = values.find((value) => Number.parseFloat(value) === 0);
  if (nothing !== undefined) return { label: nothing, which: { method, sweep: { name, value: nothing } } };
  const value = 'kahneman-tversky';
  const hasValue = sweeps.some(
    (sweep) => sweep.name === 'value' && sweep.method === method && sweep.values.includes(value),
  );
  if (name === 'lossAversion' && hasValue)
    return { label: usualLambda, which: { method, sweep: { name: 'value', value } } };
  return { label: sweepKind(name).plain, which: { method } };
}

/** DPO from the same start. */
export function dpoOf({ method }: GridSweep): Which {
  return { method: method.startsWith('sft+') ? 'sft+dpo' : 'dpo' };
}

/** The share that a value's name says: 0.1 of `10%` and of `0.1`. */
export function shareOf(value: string): number {
  const number = Number.parseFloat(value);
  return value.trim().endsWith('%') ? number / 100 : number;
}
