import { join } from 'node:path';
import { defineCommand } from 'citty';
import { z } from 'zod';
import { askedGrid, gridArgs } from '../../grid/asked_grid';
import { writeGridReport } from '../../grid/report/write_grid_report';

const options = z.strictObject({
  to: z.string().optional().describe('folder for the report; default: report/ in the grid’s'),
});

export const reportGridCommand = defineCommand({
  meta: {
    name: 'report',
    description: 'Write what a grid came to, beside what the papers claim and the authors counted.',
  },
  args: gridArgs(options),
  run: async ({ rawArgs }) => {
    const { grid, options: asked } = await askedGrid('report', rawArgs, options);
    await writeGridReport(grid, asked.to ?? join(grid.out, 'report'));
  },
});
