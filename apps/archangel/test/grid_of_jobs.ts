import type { Grid } from '../src/grid/grid';
import type { GridConfig } from '../src/grid/grid_config';
import type { Job } from '../src/grid/job';

/** A job that does nothing, after others. */
function job(name: string, kind: Job['kind'], after: readonly string[], model?: string): Job {
  return { name, kind, seed: 1, after, steps: [], fingerprint: name, ...(model !== undefined && { model }) };
}

/** A small grid in a folder: a world, two models that learn to speak in it, and their cells. */
export function gridOfJobs(out: string, config: Partial<GridConfig> = {}): Grid {
  const models = ['a', 'b'].flatMap((model) => {
    const at = (cell: string) => `${model}/seed-1/${cell}`;
    return [
      job(at('base'), 'base', ['world/seed-1'], model),
      job(at('sft'), 'cell', [at('base'), 'world/seed-1'], model),
      job(at('kto@desirable=10%'), 'cell', [at('base'), 'world/seed-1'], model),
      job(at('sft+kto'), 'cell', [at('sft'), 'world/seed-1'], model),
    ];
  });
  return {
    ...{ name: 'small', file: `${out}/grid.yaml`, out, config: config as GridConfig },
    jobs: [job('world/seed-1', 'world', []), ...models],
  };
}
