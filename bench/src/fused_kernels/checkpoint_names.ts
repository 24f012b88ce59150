/** Hugging Face's name of a weight of `GPTNeoXForCausalLM`, from the bench's, which leaves the modules around it out. */
export function checkpointName(name: string): string {
  if (name === 'embed_out.weight') return name;
  const inner = name
    .replace(/\.(query_key_value|dense)\./, '.attention.$1.')
    .replace(/\.(dense_h_to_4h|dense_4h_to_h)\./, '.mlp.$1.');
  return `gpt_neox.${inner}`;
}
