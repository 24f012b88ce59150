import { defineCommand } from 'citty';
import { z } from 'zod';
import { chooseBackend } from '../../backend';
import { askedGrid, gridArgs } from '../../grid/asked_grid';
import type { Grid } from '../../grid/grid';
import { type PlannedCell, planGrid } from '../../grid/plan/plan_grid';
import { gridPlanText } from '../../grid/plan/plan_text';
import { processMemory } from '../../plan/free_memory';
import { machineRates } from '../../plan/probe';
import { columnsOf, fold } from '../../terminal/fold';
import { type Progress, progress } from '../../terminal/progress';

const options = z.strictObject({
  threads: z.int().min(1).optional().describe('threads that compute; default: one a core'),
  json: z.boolean().default(false).describe('print one JSON document, and nothing else: every job and every cell'),
});

export const planGridCommand = defineCommand({
  meta: { name: 'plan', description: 'Say what jobs a grid comes to, and what memory and time its cells need here.' },
  args: gridArgs(options),
  run: ({ rawArgs }) => runPlanGrid(rawArgs),
});

/** Nothing is loaded, fetched but for configs, or written. */
async function runPlanGrid(args: readonly string[]): Promise<void> {
  const { grid, options: asked } = await askedGrid('plan', args, options);
  const isNative = await chooseBackend('onnxruntime', asked).then(
    () => true,
    () => false,
  );
  const memory = processMemory();
  const rates = isNative ? await machineRates() : undefined;
  let bar: Progress | undefined;
  const cells = await planGrid(grid, { memory, rates }, (done, all) => {
    bar ??= progress('planning', all);
    bar.update(done);
  });
  bar?.end('');
  if (asked.json) console.log(JSON.stringify(planJson(grid, cells, memory.room), null, 2));
  else console.log(fold(gridPlanText(grid, cells, memory.room), columnsOf(process.stdout)));
}

/** Every job as it will be done; a cell's with what it takes. */
function planJson({ name, out, jobs }: Grid, cells: readonly PlannedCell[], roomBytes: number): object {
  const takes = new Map(cells.map(({ model, cell, ...rest }) => [`${model} ${cell}`, rest]));
  return {
    grid: name,
    ...{ out, roomBytes },
    jobs: jobs.map(({ fingerprint: _, ...job }) => {
      const training = takes.get(`${job.model} ${job.name.split('/').at(-1)}`);
      return { ...job, ...(training && { training }) };
    }),
  };
}
