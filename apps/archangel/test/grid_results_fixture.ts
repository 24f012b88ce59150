import type { CellResult, GridResults } from '../src/grid/results/grid_results';

/** What a cell of made-up results is like. */
export interface MadeCell {
  readonly model: string;
  readonly method: string;
  readonly seed: number;
  /** Won, tied and lost. */
  readonly counts?: readonly [win: number, tie: number, loss: number];
  readonly tokens?: number;
  readonly sweep?: CellResult['sweep'];
  readonly bySet?: CellResult['bySet'];
  readonly heldOut?: CellResult['heldOut'];
}

/** A cell as the folders of a grid would give it. */
function madeCell({ model, method, seed, counts, tokens, sweep, bySet, heldOut = {} }: MadeCell): CellResult {
  const [win, tie, loss] = counts ?? [0, 0, 0];
  const name = `${model}/seed-${seed}/${method}${sweep ? `@${sweep.name}=${sweep.value}` : ''}`;
  return {
    ...{ name, model, method, seed, heldOut },
    ...(counts && { counts: { win, tie, loss, unparsable: 0 } }),
    ...(tokens !== undefined && { meanTokens: tokens, targetTokens: 20 }),
    ...(sweep && { sweep }),
    ...(bySet && { bySet }),
  };
}

/** Results of one model, three seeds and four methods, unless said otherwise. */
export function madeResults(cells: readonly MadeCell[], over: Partial<GridResults> = {}): GridResults {
  return {
    grid: 'made',
    models: [{ name: 'small', family: 'pythia', parameters: 210_000 }],
    methods: ['sft', 'dpo', 'kto'],
    seeds: [1, 2, 3],
    judge: 'world',
    ...{ sweeps: [], settings: [], missing: [] },
    ...over,
    cells: cells.map(madeCell),
  };
}
