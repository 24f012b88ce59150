import type { CausalLM } from '../causal_lm';
import { writeConfig } from '../families/families';
import type { SavedDtype } from './weight_format';

/**
 * The contents of `config.json` and `generation_config.json`. Fields that the checkpoint's own `config.json` has and
 * nothing here reads (`pad_token_id`, `attention_dropout`) stay in it, and `generation_config.json` stays as it was; a
 * model without one gets its first and last token ids.
 */
export function jsonFiles({ config, checkpoint }: CausalLM, dtype: SavedDtype): Record<string, string> {
  const fields = { ...stillTrue(checkpoint?.config ?? {}), ...writeConfig(config, dtype) };
  const { bosTokenId = null, eosTokenId = null, eosTokenIds = eosTokenId } = config;
  const generation = { bos_token_id: bosTokenId, eos_token_id: eosTokenIds };
  return {
    'config.json': pythonJson(fields),
    'generation_config.json': checkpoint?.generation?.text ?? pythonJson(generation),
  };
}

/** Other spellings of what `writeConfig` writes, and what was true of the files that were read. */
const outdated = /^(rope_.*|rotary_.*|partial_rotary_factor|quantization_config|auto_map|transformers_version|_.*)$/;

function stillTrue(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).filter(([field]) => !outdated.test(field)));
}

/** Fields that are floats for Transformers, some versions of which refuse an integer there. One to a line of the JSON. */
const floatFields = /^( *"(?:\w*(?:_theta|_factor|_eps|_pct|_range|dropout|_scale|_multiplier)|factor)": -?\d+)(,?)$/gm;

/** JSON as Transformers writes it: in the order of the fields' names, 10000 in a field of floats as 10000.0. */
export function pythonJson(fields: Readonly<Record<string, unknown>>): string {
  const sorted = Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify(sorted, null, 2).replace(floatFields, '$1.0$2')}\n`;
}
