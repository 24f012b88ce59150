import { ConfigReader, type ModelConfig } from './config';
import type { Family } from './family';
import { gptNeox } from './gpt_neox';
import { llama } from './llama';

/** Every architecture by its `model_type`. */
const families = { gpt_neox: gptNeox, llama };

export function familyOf(config: ModelConfig): Family {
  return families[config.modelType] as unknown as Family;
}

/**
 * Reads a Hugging Face `config.json`.
 *
 * @param file its name, for errors
 * @throws InputError for an unknown `model_type`, or a field that is missing, of the wrong type or impossible
 */
export function readConfig(json: Readonly<Record<string, unknown>>, file = 'config.json'): ModelConfig {
  const reader = new ConfigReader(json, file);
  const type = reader.string('model_type');
  const family = Object.hasOwn(families, type) ? families[type as keyof typeof families] : undefined;
  if (!family) return reader.refuse('model_type', `is "${type}"; known are ${Object.keys(families).join(', ')}`);
  return family.readConfig(reader);
}

/** The config as Hugging Face writes it; `readConfig` gives the same config back. */
export function writeConfig(config: ModelConfig): Record<string, unknown> {
  const family = familyOf(config);
  return {
    architectures: [family.architecture],
    model_type: config.modelType,
    vocab_size: config.vocabSize,
    hidden_size: config.hiddenSize,
    intermediate_size: config.intermediateSize,
    num_hidden_layers: config.numLayers,
    num_attention_heads: config.numHeads,
    max_position_embeddings: config.maxPositionEmbeddings,
    initializer_range: config.initializerRange,
    tie_word_embeddings: config.tieWordEmbeddings,
    bos_token_id: config.bosTokenId ?? null,
    eos_token_id: config.eosTokenId ?? null,
    torch_dtype: 'float32',
    use_cache: true,
    ...family.writeConfig(config),
  };
}
