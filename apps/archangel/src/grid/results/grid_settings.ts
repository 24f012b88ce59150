import { isTree } from '../../config/flags';
import type { GridConfig } from '../grid_config';
import type { GridResults } from './grid_results';

/** Where and how jobs run: nothing that a result depends on. */
const elsewhere = new Set(['name', 'out', 'slurm', 'kubernetes', 'plan']);

/** What a grid was told, a line a key. */
export function gridSettings(config: GridConfig): GridResults['settings'] {
  return flatten(Object.fromEntries(Object.entries(config).filter(([key]) => !elsewhere.has(key))), '');
}

function flatten(tree: Readonly<Record<string, unknown>>, prefix: string): { key: string; value: string }[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    if (value === undefined) return [];
    if (isTree(value)) return flatten(value, `${prefix}${key}.`);
    return [{ key: prefix + key, value: typeof value === 'string' ? value : JSON.stringify(value) }];
  });
}
