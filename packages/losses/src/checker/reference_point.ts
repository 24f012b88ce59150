import type { Loss } from '../contract';
import type { Clause, CounterExample, RewardKind } from './report';
import { show } from './rounding';
import { type Bench, balanced, bench, subjects, trials, trialWorld } from './trials';
import { changed, type Response, type Slot, shifted } from './world';

/** What the expectation may be over. */
type Pool = 'the mismatched rows' | 'the other response of the pair' | "the batch's other examples";

const poolOf = (index: number, slot: Slot, subject: number): Pool =>
  slot === 'kl'
    ? 'the mismatched rows'
    : index !== subject
      ? "the batch's other examples"
      : 'the other response of the pair';

const isOwn = (index: number, slot: Slot, subject: number) => index === subject && slot === 'response';

/**
 * Clause 2: the loss depends on z = r(x, y) - E_Q[r(x, y')], the reward's distance from an expected one.
 *
 * Adding c to the example's reward and to all that an expectation could be over leaves z, and so the loss, as it was;
 * adding it to the example alone does not. Rewards are positive before and after, since an estimate of a divergence may
 * be held at 0. And an expectation depends on the rewards it is over through their mean: spreading them, within
 * each class and at equal mean, changes nothing.
 *
 * @param oneLength compare responses of one length only
 */
export async function checkReferencePoint(loss: Loss, kind: RewardKind, oneLength = false): Promise<Clause> {
  const name = 'reference point';
  let moves = false;
  const pools = new Set<Pool>();
  for (const trial of trials) {
    const general = trialWorld(loss, kind, trial);
    const world = oneLength ? changed(general, (r) => ({ ...r, length: 2 })) : general;
    for (const subject of subjects(loss)) {
      const setup = await bench(loss, world, subject.index, trial.size);
      moves ||= setup.moves;
      const failure =
        (await shiftFailure(setup, subject.index, trial.size)) ??
        (await spreadFailure(setup, subject.index, trial.size));
      if (failure) return { name, verdict: 'fails', ...failure };
      if (setup.moves) for (const pool of await follows(setup, subject.index, trial.size)) pools.add(pool);
    }
  }
  if (!moves)
    return { name, verdict: 'unclear', detail: 'The loss hardly moves with the reward, so this tells nothing.' };
  const over = pools.size > 0 ? ` over ${[...pools].join(' and ')}` : '';
  const held = !oneLength && (await heldAtZero(loss, kind)) ? ', held at 0 where that is negative' : '';
  const detail = `The loss depends on the reward less a reference point, an expected reward${over}${held}.`;
  return { name, verdict: 'holds', detail };
}

type Failure = Pick<Clause, 'detail'> & { readonly counterExample: CounterExample };

async function shiftFailure(setup: Bench, subject: number, size: number): Promise<Failure | undefined> {
  const before = setup.before[subject] as number;
  for (const c of [4 * size, size / 2]) {
    const all = await setup.after((r) => shifted(r, c));
    if (Math.abs(all - before) <= setup.noise) continue;
    const alone = await setup.after((r, i, slot) => (isOwn(i, slot, subject) ? shifted(r, c) : r));
    const same = Math.abs(all - alone) <= 2 * setup.noise;
    const detail = same
      ? 'There is no reference point: the loss goes by the reward alone, whatever other rewards are.'
      : 'The loss is no function of the reward less a reference point: it changes where all rewards rise alike.';
    const says = `adding ${show(c)} to every reward takes the loss from ${show(before)} to ${show(all)} (to this one alone: to ${show(alone)})`;
    return { detail, counterExample: { says, numbers: { added: c, before, toAll: all, alone } } };
  }
  return undefined;
}

async function spreadFailure(setup: Bench, subject: number, size: number): Promise<Failure | undefined> {
  const before = setup.before[subject] as number;
  for (const by of [4 * size, size / 2]) {
    const spread = (r: Response, i: number, slot: Slot) => {
      const out = i === subject || slot === 'other' ? 0 : balanced(i, subject);
      return shifted(r, out * by);
    };
    const after = await setup.after(spread);
    if (Math.abs(after - before) <= setup.noise) continue;
    const detail = 'The reference point is no expectation: it depends on more than the mean of the rewards it is over.';
    const says = `spreading the other rewards by +-${show(by)} at equal mean takes the loss from ${show(before)} to ${show(after)}`;
    return { detail, counterExample: { says, numbers: { spread: by, before, after } } };
  }
  return undefined;
}

/** The pools that make the loss follow when they rise with the example. One is enough where the expectation is over it alone. */
async function follows(setup: Bench, subject: number, size: number): Promise<Pool[]> {
  const before = setup.before[subject] as number;
  const found: Pool[] = [];
  for (const pool of ['the mismatched rows', 'the other response of the pair', "the batch's other examples"] as const) {
    const after = await setup.after((r, i, slot) =>
      !isOwn(i, slot, subject) && poolOf(i, slot, subject) === pool ? shifted(r, size) : r,
    );
    if (Math.abs(after - before) > setup.noise) found.push(pool);
  }
  return found;
}

/** Where all rewards are negative, the loss does not stay when they rise alike. */
async function heldAtZero(loss: Loss, kind: RewardKind): Promise<boolean> {
  if (!kind.endsWith('ratio')) return false;
  for (const trial of trials) {
    for (const { index } of subjects(loss)) {
      const setup = await bench(loss, trialWorld(loss, kind, trial), index, trial.size);
      const from = await setup.after((r) => shifted(r, -8 * trial.size));
      const to = await setup.after((r) => shifted(r, -7 * trial.size));
      if (Math.abs(to - from) > setup.noise) return true;
    }
  }
  return false;
}
