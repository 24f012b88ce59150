import { pythonJson } from '../checkpoint/json_files';
import { ConfigReader } from '../families/config_reader';
import type { Adapter } from './adapter';

/** What an `adapter_config.json` says: the adapter, and the linear layers it names where it does so by their names. */
export interface PeftConfig {
  readonly adapter: Adapter;
  readonly targets?: readonly string[];
}

/** Fields that change nothing of what a saved adapter computes, or say what its tensors say themselves. */
const withoutEffect = new Set([
  ...['peft_version', 'task_type', 'inference_mode', 'base_model_name_or_path', 'revision', 'auto_mapping'],
  ...['target_modules', 'exclude_modules', 'layers_to_transform', 'layers_pattern'],
  ...['loftq_config', 'eva_config', 'corda_config', 'lora_ga_config', 'megatron_core', 'qalora_group_size'],
  ...['ensure_weight_tying', 'runtime_config'],
]);

/** Ways to begin that leave the base's weights as they are; the others (PiSSA, OLoRA, LoftQ) change them. */
const beginnings: readonly unknown[] = [true, false, null, undefined, 'gaussian', 'eva', 'orthogonal'];

/**
 * Reads PEFT's `adapter_config.json`.
 *
 * @throws InputError naming the field for another method than LoRA, and for whatever changes what is computed and is not
 * done here: DoRA, `modules_to_save`, `rank_pattern`, biases, or a field that only a later PEFT knows
 */
export function readPeftConfig(json: Readonly<Record<string, unknown>>, file: string): PeftConfig {
  const reader = new ConfigReader(json, file);
  reader.oneOf('peft_type', { LORA: true }, 'LORA');
  reader.oneOf('bias', { none: true }, 'none');
  const rank = reader.size('r');
  const alpha = reader.positive('lora_alpha');
  const dropout = reader.share('lora_dropout', 0);
  if (dropout === 1) reader.refuse('lora_dropout', 'is 1, which leaves nothing');
  const rankStabilized = reader.boolean('use_rslora', false);
  const { init_lora_weights: beginning, target_modules: targets } = json;
  if (!beginnings.includes(beginning)) {
    reader.refuse(
      'init_lora_weights',
      `is ${JSON.stringify(beginning)}, which changes the base’s weights. Merge it in PEFT`,
    );
  }
  const read = ['peft_type', 'bias', 'r', 'lora_alpha', 'lora_dropout', 'use_rslora', 'init_lora_weights'];
  for (const [field, value] of Object.entries(json)) {
    if (read.includes(field) || withoutEffect.has(field) || isNothing(value)) continue;
    reader.refuse(field, `is ${JSON.stringify(value).slice(0, 80)}, which is not done here. Merge the adapter in PEFT`);
  }
  const byName = isTexts(targets) && !reader.has('layers_to_transform') && !reader.has('exclude_modules');
  return { adapter: { rank, alpha, dropout, rankStabilized }, ...(byName && { targets }) };
}

/** The text of an `adapter_config.json` as PEFT 0.11 and later read it. */
export function writePeftConfig(adapter: Adapter, targets: readonly string[], base: string | undefined): string {
  return pythonJson({
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: base ?? null,
    revision: null,
    inference_mode: true,
    r: adapter.rank,
    lora_alpha: adapter.alpha,
    lora_dropout: adapter.dropout,
    use_rslora: adapter.rankStabilized,
    target_modules: targets,
    bias: 'none',
    fan_in_fan_out: false,
    init_lora_weights: true,
    use_dora: false,
    modules_to_save: null,
    layers_to_transform: null,
    layers_pattern: null,
    rank_pattern: {},
    alpha_pattern: {},
  });
}

function isNothing(value: unknown): boolean {
  if (value === null || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}
