import { describe, expect, test } from 'vitest';
import { realConfigs, wrongConfigs } from '../../test/real_configs';
import { parameterCount } from '../causal_lm';
import { InputError } from '../input_error';
import { type ModelConfig, readConfig, writeConfig } from './families';

describe.each(Object.entries(realConfigs))('%s', (_, { json, parameters, says }) => {
  test('is read as it is meant', () => {
    const config = readConfig(json);
    expect(parameterCount(config)).toBe(parameters);
    for (const [field, value] of Object.entries(says)) expect(config[field as keyof ModelConfig], field).toEqual(value);
  });

  test('comes back as it was written', () => {
    const config = readConfig(json);
    expect(readConfig(JSON.parse(JSON.stringify(writeConfig(config))))).toEqual(config);
  });
});

test.each(wrongConfigs.map(([json, message]) => ({ json, message })))('$message', ({ json, message }) => {
  expect(() => readConfig(json, 'here/config.json')).toThrow(InputError);
  expect(() => readConfig(json, 'here/config.json')).toThrow(`here/config.json: ${message}`);
});

describe('what is written', () => {
  const written = (name: string) => writeConfig(readConfig((realConfigs[name] as { json: object }).json as never));

  test('suits Transformers 5, which wants rope_parameters', () => {
    expect(written('Llama-3.2-1B').rope_parameters).toEqual({
      rope_type: 'llama3',
      rope_theta: 500000,
      factor: 32,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 8192,
    });
    expect(written('a GPT-NeoX whose context was stretched').rope_parameters).toEqual({
      rope_type: 'linear',
      rope_theta: 10000,
      factor: 4,
      partial_rotary_factor: 0.25,
    });
  });

  test('suits Transformers 4.31 too, which refuses a linear scaling with any field more or less', () => {
    expect(written('vicuna-7b-v1.5-16k')).toMatchObject({ rope_theta: 10000 });
    expect(written('vicuna-7b-v1.5-16k').rope_scaling).toEqual({ type: 'linear', factor: 4 });
    expect(written('pythia-70m')).toMatchObject({ rotary_emb_base: 10000, rotary_pct: 0.25, rope_scaling: null });
  });

  test('holds every end of text', () => {
    expect(written('Llama-3.1-8B-Instruct').eos_token_id).toEqual([128001, 128008, 128009]);
    expect(written('llama-7b').eos_token_id).toBe(2);
  });
});
