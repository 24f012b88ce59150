import type { Loss } from '../contract';
import type { RewardKind } from './report';
import { show } from './rounding';
import type { Trial } from './trials';
import type { Response, Slot } from './world';

/** A change to responses that a reward does not see. */
export interface Change {
  readonly says: string;
  readonly of: (response: Response) => Response;
  /** The example two places on changes too, which keeps the batch's count of tokens. */
  readonly ofLength?: boolean;
}

/** Changes at one length first: whether a normaliser of another kind would do is asked after those. */
export function unseenBy(kind: RewardKind, loss: Loss): ((trial: Trial) => Change)[] {
  const redistribute = ({ twist }: Trial): Change => ({
    says: `moving ${show(twist)} nats between tokens`,
    of: (r) => ({ ...r, twist: r.twist + twist }),
  });
  const hide = ({ twist }: Trial): Change => ({
    says: kind.endsWith('ratio') ? 'adding the same to policy and reference' : 'changing the reference alone',
    of: (r) => ({ ...r, unseen: r.unseen + twist / 2 }),
  });
  const length = (): Change => ({
    says: `another length at the same ${kind}`,
    of: (r) => ({ ...r, length: 6 - r.length }),
    ofLength: true,
  });
  return [redistribute, ...(loss.needs?.reference ? [hide] : []), length];
}

/** The change, to the example looked at or to all but it. */
export function scoped(change: Change, scope: 'own' | 'rest', subject: number) {
  return (response: Response, index: number, slot: Slot): Response => {
    const own = slot !== 'kl' && (index === subject || (change.ofLength && index === subject + 2));
    return own === (scope === 'own') ? change.of(response) : response;
  };
}
