import type { Tree } from './flags';

export const presetNames = ['archangel'] as const;

const stage = {
  ...{ epochs: 1, learningRate: 5e-7, optimizer: 'rmsprop', schedule: 'constant', warmupSteps: 150 },
} as const;

/** What the losses of the Archangel suite were told; SLiC and PPO what they are told anyway. */
const lossOptions: Readonly<Record<string, Tree>> = {
  sft: { reduction: 'sequence' },
  csft: { reduction: 'sequence' },
  dpo: { beta: 0.1 },
  kto: { beta: 0.1, desirableWeight: 1, undesirableWeight: 1 },
};

/**
 * The keys that a preset gives, under those that are given otherwise.
 *
 * `archangel`: what all 102 configurations of the Archangel suite have in common. SFT before a method is a key of its own
 * (`sft.first`), as half of the suite has it.
 *
 * Source: ContextualAI/HALOs, branch legacy; Ethayarajh et al., "KTO".
 */
export function presetOf(name: (typeof presetNames)[number], method: unknown): Tree {
  const presets = { archangel };
  return presets[name](String(method));
}

function archangel(method: string): Tree {
  return {
    ...{ data: 'shp+hh+oasst', maxLength: 2048, maxPromptLength: 1024, longPrompts: 'cut' },
    ...{ seed: 1, batchSize: 32, maxGradNorm: 10, ...stage },
    loss: lossOptions[method] ?? {},
    sft: { reduction: 'sequence', ...stage },
  };
}
