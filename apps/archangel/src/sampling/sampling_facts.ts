import { createHash } from 'node:crypto';
import { sameFiles } from '../ranks/common_facts';
import type { Fact } from '../ranks/same_on_all';
import type { CompletionsInfo } from './completion_files';
import type { PlacedPrompt } from './fitting_prompts';
import type { SampledModel } from './sampled_models';

/** Whom all ranks have to ask, and what. */
export function promptFacts(models: readonly SampledModel[], prompts: readonly PlacedPrompt[]): Fact[] {
  const asked = createHash('sha256').update(JSON.stringify(prompts)).digest('hex');
  return [
    {
      what: 'Who is asked',
      value: models.map(({ place }) => place).join(', '),
      fix: 'Start every rank by the same command.',
    },
    { what: 'The fingerprint of the prompts', value: asked.slice(0, 12), fix: sameFiles },
  ];
}

/** Which model that is. */
export function modelFact({ model, fingerprint }: CompletionsInfo): Fact {
  return { what: `The fingerprint of ${model}`, value: fingerprint.slice(0, 12), fix: sameFiles };
}
