import { adapterShapes, addAdapter, type CausalLM, type ModelConfig } from '@halokit/models';
import type { LoraOptions } from '../config/lora_options';
import { InputError } from '../input_error';
import { whole } from '../terminal/numbers';

/** Adapters to train in place of a model's weights. */
export interface Lora {
  readonly rank: number;
  readonly alpha: number;
  readonly dropout: number;
  readonly targets: 'all-linear' | readonly string[];
}

/**
 * The adapters that were asked for, with TRL's defaults.
 *
 * @throws InputError for what says something of adapters and gives no rank
 */
export function loraOf({ rank, ...options }: LoraOptions): Lora | undefined {
  const { alpha = 32, dropout = 0.05, targets = 'all-linear' } = options;
  if (rank !== undefined) return { rank, alpha, dropout, targets: targets === 'all-linear' ? targets : names(targets) };
  const [given] = Object.keys(options);
  if (given === undefined) return undefined;
  throw new InputError(`lora.${given}: there are no adapters without a rank. Give it with --lora.rank.`);
}

function names(targets: string | readonly string[]): readonly string[] {
  return typeof targets === 'string' ? targets.split(',').map((name) => name.trim()) : targets;
}

/** What is trained, in words. @throws InputError for a target that is no linear layer of such a model */
export function describeLora(lora: Lora, config: ModelConfig): string {
  const shapes = Object.values(adapterShapes(config, lora));
  const parameters = shapes.reduce((sum, [height = 0, width = 0]) => sum + height * width, 0);
  return `rank ${lora.rank} on ${whole(shapes.length / 2)} linear layers, ${whole(parameters)} parameters`;
}

/** The model with the adapters, if it has none yet: it takes the given one's place. */
export function withLora(model: CausalLM, lora: Lora | undefined, seed: number): CausalLM {
  return lora && !model.adapter ? addAdapter(model, { seed, ...lora }) : model;
}
