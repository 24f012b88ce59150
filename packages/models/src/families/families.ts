import type { SavedDtype } from '../checkpoint/weight_format';
import { ConfigReader } from './config_reader';
import type { Family } from './family';
import { gptNeox } from './gpt_neox';
import { llama } from './llama';

/** Every architecture by its `model_type`. */
const families = { gpt_neox: gptNeox, llama };

/** The config of any family. */
export type ModelConfig = ReturnType<(typeof families)[keyof typeof families]['readConfig']>;

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
  if (reader.has('quantization_config')) {
    reader.refuse('quantization_config', 'says that the weights are quantised; take the float checkpoint of the model');
  }
  return family.readConfig(reader);
}

/**
 * The config as Hugging Face writes it; `readConfig` gives the same config back.
 *
 * @param dtype of the weights beside it
 */
export function writeConfig(config: ModelConfig, dtype: SavedDtype = 'float32'): Record<string, unknown> {
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
    eos_token_id: config.eosTokenIds ?? config.eosTokenId ?? null,
    // Transformers reads `dtype` from 4.56 on, and `torch_dtype` before.
    dtype,
    torch_dtype: dtype,
    use_cache: true,
    ...family.writeConfig(config),
  };
}
