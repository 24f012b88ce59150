import { catalogue, dpo, kto, type Loss } from '@halokit/losses';
import type { DemoConfig } from '../config/demo_config';
import { InputError } from '../input_error';
import { findLoss } from '../losses/find_loss';
import { lossOptions } from '../losses/loss_options';
import { rewardScale } from '../losses/reward_scale';

/** A loss that the demo aligns with, after SFT. */
export interface Lesson {
  readonly loss: Loss;
  readonly options: Readonly<Record<string, unknown>>;
  /** Scale of its implied rewards. */
  readonly scale: number;
}

export const beta = 0.1;

export const taughtAnyway: readonly Lesson[] = [
  { loss: kto({ beta }), options: { ...catalogue.kto.defaults, beta }, scale: beta },
  { loss: dpo({ beta }), options: { ...catalogue.dpo.defaults, beta }, scale: beta },
];

/** What the demo was asked to align with as well. @throws InputError for a loss that it has no use for */
export async function askedFor({ method, loss: given }: Pick<DemoConfig, 'method' | 'loss'>): Promise<Lesson[]> {
  if (method === undefined) return [];
  const source = await findLoss(method);
  const options = lossOptions(source, given, 'command line');
  const loss = source.create(options);
  if (loss.name === 'sft' || taughtAnyway.some((lesson) => lesson.loss.name === loss.name)) {
    throw new InputError(`${source.said}: the demo trains ${loss.name} anyway. Give a loss of yours another name.`);
  }
  if (!loss.needs?.scores) return [{ loss, options, scale: rewardScale(loss, options) }];
  throw new InputError(`${source.said}: teaches a reward head, and the demo compares answers. Use archangel train.`);
}
