import type { Loss } from '../contract';
import type { Clause, CounterExample, RewardKind } from './report';
import { show } from './rounding';
import { type Bench, bench, type Subject, subjects, type Trial, trials, trialWorld } from './trials';
import { type Change, scoped, unseenBy } from './unseen_changes';
import { changed, type Example, tokensOf, type World } from './world';

export interface RewardFinding {
  readonly clause: Clause;
  /** The reward that the loss has. */
  readonly reward?: RewardKind;
  /** What to take for the reward in the other clauses, where the loss has none. */
  readonly kind: RewardKind;
  /** It is known up to a length normaliser, so only responses of one length can be compared. */
  readonly oneLength?: boolean;
}

const formulas: Record<RewardKind, string> = {
  'log-ratio': 'log pi(y|x) - log pi_ref(y|x), a sum over tokens',
  'mean log-ratio': 'the mean over tokens of log pi - log pi_ref',
  'log-probability': 'log pi(y|x), a sum over tokens: a log-ratio to a uniform reference',
  'mean log-probability': 'the mean over tokens of log pi: a log-ratio to a uniform reference, by token',
};

/**
 * Clause 1: the loss depends on the policy through a reward, r = l(y) log(pi(y|x) / pi_ref(y|x)), and no otherwise.
 *
 * Each candidate is held against changes that it does not see, in the example itself and in the rest of the batch.
 */
export async function checkReward(loss: Loss): Promise<RewardFinding> {
  const ratios: RewardKind[] = loss.needs?.reference ? ['log-ratio', 'mean log-ratio'] : [];
  const candidates: readonly RewardKind[] = [...ratios, 'log-probability', 'mean log-probability'];
  const kind = candidates[0] as RewardKind;
  let moves = false;
  let best: Fit | undefined;
  for (const candidate of candidates) {
    const fit = await fits(loss, candidate);
    moves ||= fit.moves;
    if (fit.moves && !fit.counterExample) {
      const detail = `r is the ${candidate}: ${formulas[candidate]}.`;
      return { reward: candidate, kind: candidate, clause: { name: 'reward', verdict: 'holds', detail } };
    }
    if (!best || (fit.moves && fit.failedAtLength && !best.failedAtLength)) best = fit;
  }
  if (!moves) {
    const detail = 'The loss does not depend on the log-probabilities, so the policy has no implied reward.';
    return { kind, clause: { name: 'reward', verdict: 'fails', detail } };
  }
  const counterExample = best?.counterExample;
  if (best?.moves && best.failedAtLength) {
    const detail = `At one length the loss is a function of the ${best.kind}; its length normaliser is not known here.`;
    return { kind: best.kind, oneLength: true, clause: { name: 'reward', verdict: 'unclear', detail, counterExample } };
  }
  const detail = `The loss is no function of the ${list(candidates)}.`;
  return { kind, clause: { name: 'reward', verdict: 'fails', detail, counterExample } };
}

interface Fit {
  readonly kind: RewardKind;
  /** The loss changes with the reward. */
  readonly moves: boolean;
  readonly counterExample?: CounterExample;
  /** Everything else passed. */
  readonly failedAtLength?: boolean;
}

async function fits(loss: Loss, kind: RewardKind): Promise<Fit> {
  let moves = false;
  const benches: { readonly setup: Bench; readonly trial: Trial; readonly subject: Subject }[] = [];
  for (const trial of trials) {
    for (const subject of subjects(loss)) {
      const setup = await bench(loss, trialWorld(loss, kind, trial), subject.index, trial.size);
      moves ||= setup.moves;
      benches.push({ setup, trial, subject });
    }
  }
  for (const unseen of unseenBy(kind, loss)) {
    for (const { setup, trial, subject } of benches) {
      for (const scope of ['own', 'rest'] as const) {
        const change = unseen(trial);
        const counterExample = await difference(setup, subject, change, scope);
        if (counterExample) return { kind, moves, counterExample, failedAtLength: change.ofLength };
      }
    }
  }
  return { kind, moves };
}

async function difference(
  { world, before, after, noise }: Bench,
  subject: Subject,
  change: Change,
  scope: 'own' | 'rest',
): Promise<CounterExample | undefined> {
  const apply = scoped(change, scope, subject.index);
  const [from, to] = [before[subject.index] as number, await after(apply)];
  if (Math.abs(to - from) <= noise) return undefined;
  const numbers = { ...tokens(world, changed(world, apply), subject.index), before: from, after: to };
  const what = scope === 'own' ? `${change.says}, ${inWords(numbers)},` : `${change.says} in the rest of the batch`;
  const whose = world.examples[0]?.other ? 'a pair' : `the ${subject.class} example`;
  return { says: `${what} takes the loss of ${whose} from ${show(from)} to ${show(to)}`, numbers };
}

/** Token log-ratios, or log-probabilities, of the example's response before and after. */
function tokens(before: World, after: World, index: number) {
  const of = (world: World) => {
    const { policy, reference } = tokensOf((world.examples[index] as Example).response, world);
    return { policy, reference };
  };
  const [old, now] = [of(before), of(after)];
  return {
    policyBefore: old.policy,
    policyAfter: now.policy,
    ...(before.reward.endsWith('ratio') && { referenceBefore: old.reference, referenceAfter: now.reference }),
  };
}

function inWords(numbers: ReturnType<typeof tokens>): string {
  const row = (x: readonly number[] | undefined) => `[${(x ?? []).map(show).join(', ')}]`;
  const policy = `log pi ${row(numbers.policyBefore)} to ${row(numbers.policyAfter)}`;
  if (!('referenceBefore' in numbers)) return policy;
  const [from, to] = [row(numbers.referenceBefore), row(numbers.referenceAfter)];
  return `${policy} at log pi_ref ${from === to ? from : `${from} to ${to}`}`;
}

const list = (kinds: readonly RewardKind[]) => `${kinds.slice(0, -1).join(', ')} or ${kinds.at(-1)}`;
