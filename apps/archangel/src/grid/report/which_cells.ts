import type { CellResult, GridResults } from '../results/grid_results';

/** A method, or one value of a sweep of it. */
export interface Which {
  readonly method: string;
  readonly sweep?: { readonly name: string; readonly value: string };
}

/** What its cells' folders are called: `kto`, `kto@desirable=10%`. */
export function nameOf({ method, sweep }: Which): string {
  return sweep ? `${method}@${sweep.name}=${sweep.value}` : method;
}

/** Its cells, one a seed, of these models. */
export function cellsOf({ cells }: GridResults, which: Which, models: readonly string[]): CellResult[] {
  const name = nameOf(which);
  return cells.filter((cell) => nameOf(cell) === name && models.includes(cell.model));
}
