import type { Loss } from '../contract';
import { finiteLosses } from './ask_world';
import type { ExampleClass, RewardKind } from './report';
import { rounding } from './rounding';
import { changed, exampleCount, magnitude, type Response, type Slot, shifted, type World, worldOf } from './world';

/** An example whose loss is looked at. */
export interface Subject {
  readonly index: number;
  readonly class: ExampleClass;
}

/** One of each class. */
export function subjects(loss: Loss): readonly Subject[] {
  const desirable = { index: 0, class: 'desirable' } as const;
  return loss.feedback === 'binary' ? [desirable, { index: 1, class: 'undesirable' }] : [desirable];
}

/** Batches of responses in general position, so that nothing holds by chance. */
export interface Trial {
  /** How large rewards are, in nats. They lie around twice that, so that their means are positive. */
  readonly size: number;
  /** How much moves between tokens. */
  readonly twist: number;
  readonly seed: number;
}

/** Small, middling and large rewards, since a loss's beta is not known: it may be flat in some of them. */
export const trials: readonly Trial[] = [
  { size: 1, twist: 4, seed: 0 },
  { size: 16, twist: 32, seed: 1 },
  { size: 1 / 16, twist: 1 / 2, seed: 2 },
  { size: 1, twist: 32, seed: 3 },
  { size: 1 / 16, twist: 4, seed: 4 },
];

const lengths = [2, 2, 4, 4, 2, 4];

export function trialWorld(loss: Loss, kind: RewardKind, { size, twist, seed }: Trial): World {
  const slots: readonly Slot[] = ['response', 'other', 'kl'];
  return worldOf(loss, kind, 16 * Math.max(size, twist), (i, slot): Response => {
    const place = slots.indexOf(slot);
    const length = lengths[i] as number;
    return {
      reward: size * (2 + (2 * ((5 * i + 3 * place + 7 * seed) % 8) - 7) / 8),
      length: slot === 'response' ? length : 6 - length,
      twist: size / 4,
      unseen: size / 2,
    };
  });
}

/** What a loss makes of changes to a batch, with what rounding may do to it. */
export interface Bench {
  readonly world: World;
  /** Losses of all examples before any change. */
  readonly before: readonly number[];
  /** Rounding of the loss of the example looked at. */
  readonly noise: number;
  /** It changes with its own reward, beyond rounding. */
  readonly moves: boolean;
  /** Its loss after a change to the batch. */
  after(change: (response: Response, index: number, slot: Slot) => Response): Promise<number>;
}

/** Sets a loss up with a batch, looking at the loss of one of its examples. */
export async function bench(loss: Loss, world: World, index: number, size: number): Promise<Bench> {
  const before = await finiteLosses(loss, world);
  const after: Bench['after'] = async (change) => (await finiteLosses(loss, changed(world, change)))[index] as number;
  let slope = 0;
  let largest = 0;
  let most = Math.max(...before.map(Math.abs));
  for (const step of [size / 8, size, -size / 2]) {
    const there = await after((r, i, slot) => (i === index && slot === 'response' ? shifted(r, step) : r));
    const change = Math.abs(there - (before[index] as number));
    slope = Math.max(slope, change / Math.abs(step));
    largest = Math.max(largest, change);
    most = Math.max(most, Math.abs(there));
  }
  const noise = rounding(most, slope, magnitude(world));
  return { world, before, noise, moves: largest > noise, after };
}

/** +1 and -1 on two others of each class, else 0: moving these by that much leaves the mean over either class, and over all. */
export function balanced(index: number, subject: number): number {
  const others = Array.from({ length: exampleCount }, (_, i) => i).filter((i) => i % 2 === index % 2 && i !== subject);
  return index === others[0] ? 1 : index === others[1] ? -1 : 0;
}
