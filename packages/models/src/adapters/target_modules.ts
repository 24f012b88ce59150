import { familyOf, type ModelConfig } from '../families/families';
import type { Shapes } from '../families/family';
import { InputError } from '../input_error';
import { matricesOf } from './adapter';

/** The linear layers of all layers by module name, with their shapes [out, in]. The vocabulary matrix is none of them. */
export function linearModules(config: ModelConfig): Map<string, readonly [number, number]> {
  const family = familyOf(config);
  const embeddings = [family.inputEmbedding, family.outputEmbedding(config)];
  const matrices = Object.entries(family.shapes(config)).filter(
    (entry): entry is [string, [number, number]] => entry[1].length === 2 && !embeddings.includes(entry[0]),
  );
  return new Map(matrices.map(([name, shape]) => [name.replace(/\.weight$/, ''), shape]));
}

/**
 * The linear layers that a target means: those of this module name, or whose names end in a dot and it, as in PEFT.
 * `q_proj` is that of every layer, `layers.0.self_attn.q_proj` one of them.
 */
export function modulesMeant(config: ModelConfig, target: string): string[] {
  return [...linearModules(config).keys()].filter((module) => module === target || module.endsWith(`.${target}`));
}

/**
 * The linear layers that targets name.
 *
 * @throws InputError for a name that is no linear layer's, and for none at all
 */
export function targetModules(config: ModelConfig, targets: 'all-linear' | readonly string[]): string[] {
  const all = [...linearModules(config).keys()];
  if (targets === 'all-linear') return all;
  const there = `there are ${[...new Set(all.map(lastName))].join(', ')}`;
  if (targets.length === 0) throw new InputError(`targets: names no linear layer; ${there}.`);
  const meant = targets.map((target) => modulesMeant(config, target));
  const unknown = targets.find((_, i) => meant[i]?.length === 0);
  if (unknown === undefined) return all.filter((module) => meant.some((modules) => modules.includes(module)));
  throw new InputError(`targets: no linear layer of a ${config.modelType} model is named "${unknown}"; ${there}.`);
}

/**
 * The matrices that `addAdapter` gives a model of this config, by name.
 *
 * @throws InputError for a name that is no linear layer's, and for none at all
 */
export function adapterShapes(
  config: ModelConfig,
  { rank, targets = 'all-linear' }: { readonly rank: number; readonly targets?: 'all-linear' | readonly string[] },
): Shapes {
  const shapes = linearModules(config);
  const matrices = targetModules(config, targets).flatMap((module) => {
    const { a, b } = matricesOf(module);
    const [height, width] = shapes.get(module) as readonly [number, number];
    return [[a, [rank, width]] as const, [b, [height, rank]] as const];
  });
  return Object.fromEntries(matrices);
}

/** The shortest targets that mean these linear layers and no others. */
export function targetsFor(config: ModelConfig, modules: readonly string[]): string[] {
  const targets = modules.map((module) => {
    const short = lastName(module);
    return modulesMeant(config, short).every((other) => modules.includes(other)) ? short : module;
  });
  return [...new Set(targets)].sort();
}

function lastName(module: string): string {
  return module.slice(module.lastIndexOf('.') + 1);
}
