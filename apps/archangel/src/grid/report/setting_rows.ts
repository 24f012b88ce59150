import type { GridResults } from '../results/grid_results';

const ofShape = /^(models\..+\.shape)\.(\w+)$/;

/** Settings as rows of a table: a key a row, but what a model made here is like in one. */
export function settingRows(settings: GridResults['settings']): string[][] {
  const rows = new Map<string, string>();
  for (const { key, value } of settings) {
    const [, shape = key, part] = ofShape.exec(key) ?? [];
    const said = part === undefined ? value : `${part} ${value}`;
    const before = rows.get(shape);
    rows.set(shape, before === undefined ? said : `${before}, ${said}`);
  }
  return [...rows];
}
