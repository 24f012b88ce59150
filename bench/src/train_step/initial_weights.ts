import type { Shape } from './shape';

/** A weight and the range its first values are drawn from: base - spread to base + spread. */
export interface Parameter {
  readonly name: string;
  readonly shape: number[];
  readonly base: number;
  readonly spread: number;
}

/** Every weight, in the order in which `peer.py` has them too; matrices are [out, in], as Hugging Face stores them. */
export function parameters({ layers, width, vocabulary }: Shape): Parameter[] {
  const list: Parameter[] = [];
  const put = (name: string, shape: number[], base: number, spread: number) => list.push({ name, shape, base, spread });
  const linear = (name: string, from: number, to: number) => {
    put(`${name}.weight`, [to, from], 0, 0.03);
    put(`${name}.bias`, [to], 0, 0.03);
  };
  const norm = (name: string) => {
    put(`${name}.weight`, [width], 1, 0.03);
    put(`${name}.bias`, [width], 0, 0.03);
  };
  put('embed_in.weight', [vocabulary, width], 0, 0.05);
  for (let layer = 0; layer < layers; layer++) {
    norm(`layers.${layer}.input_layernorm`);
    norm(`layers.${layer}.post_attention_layernorm`);
    linear(`layers.${layer}.query_key_value`, width, 3 * width);
    linear(`layers.${layer}.dense`, width, width);
    linear(`layers.${layer}.dense_h_to_4h`, width, 4 * width);
    linear(`layers.${layer}.dense_4h_to_h`, 4 * width, width);
  }
  norm('final_layer_norm');
  put('embed_out.weight', [vocabulary, width], 0, 0.05);
  return list;
}

/**
 * The first values of the `index`-th parameter. They come from a closed formula, a hash of the two indices, so that the
 * peer has the same ones to the last bit without a file of gigabytes between them.
 */
export function initialValues({ shape, base, spread }: Parameter, index: number): Float32Array {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = new Float32Array(size);
  const start = Math.imul(index, 0x85ebca77);
  for (let i = 0; i < size; i++) {
    let hash = Math.imul(i, 0x9e3779b1) + start;
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
    // 24 bits, as many as float32 holds exactly.
    values[i] = base + spread * (((hash ^ (hash >>> 15)) >>> 8) / 2 ** 23 - 1);
  }
  return values;
}
