import type { CausalLM } from '../causal_lm';
import { ConfigReader } from '../families/config_reader';
import type { OpenFile } from './checkpoint_files';
import type { GenerationConfig } from './checkpoint_json';
import { parseObject, readJsonBytes } from './json_object';

/** @throws InputError for what is no JSON object, and for end tokens that are no token ids */
export async function readGeneration(file: OpenFile): Promise<GenerationConfig> {
  const bytes = await readJsonBytes(file);
  const reader = new ConfigReader(parseObject(bytes, file.path), file.path);
  return { text: new TextDecoder().decode(bytes), eosTokenIds: reader.tokenIds('eos_token_id') };
}

/** Every token id that ends a text: those of `generation_config.json` where it names any, else those of the config. */
export function endTokenIds({ config, checkpoint }: CausalLM): readonly number[] {
  const named = checkpoint?.generation?.eosTokenIds ?? [];
  if (named.length > 0) return named;
  return config.eosTokenIds ?? (config.eosTokenId === undefined ? [] : [config.eosTokenId]);
}
