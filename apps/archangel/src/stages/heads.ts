import type { Loss } from '@halokit/losses';
import { addRewardHead, addValueHead, type CausalLM, hasHead } from '@halokit/models';

/** The model with the heads that the loss needs and it has not: it takes the given one's place. */
export function withHeads(model: CausalLM, { needs }: Loss, seed: number): CausalLM {
  let result = model;
  if (needs?.values && !hasHead(result, 'value')) result = addValueHead(result, { seed });
  if (needs?.scores && !hasHead(result, 'reward')) result = addRewardHead(result, { seed });
  return result;
}
