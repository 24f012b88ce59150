import { defineCommand } from 'citty';
import { z } from 'zod';
import { askedGrid, gridArgs } from '../../grid/asked_grid';
import { statesOf } from '../../grid/job_state';
import { jobLines, statusText } from '../../grid/status_text';

const options = z.strictObject({
  all: z.boolean().default(false).describe('list every job'),
  json: z.boolean().default(false).describe('print one JSON document, and nothing else'),
});

export const statusCommand = defineCommand({
  meta: { name: 'status', description: 'Say how far a grid is.' },
  args: gridArgs(options),
  run: async ({ rawArgs }) => {
    const { grid, options: asked } = await askedGrid('status', rawArgs, options);
    const states = await statesOf(grid);
    if (asked.json)
      console.log(JSON.stringify({ grid: grid.name, out: grid.out, jobs: Object.fromEntries(states) }, null, 2));
    else console.log([...(asked.all ? [jobLines(grid, states)] : []), statusText(grid, states)].join('\n\n'));
  },
});
