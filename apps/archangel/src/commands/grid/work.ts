import { defineCommand } from 'citty';
import { z } from 'zod';
import { askedGrid, gridArgs } from '../../grid/asked_grid';
import { work } from '../../grid/local/work';
import { InputError } from '../../input_error';

const options = z.strictObject({ threads: z.int().min(1).default(1).describe('that compute') });

export const workCommand = defineCommand({
  meta: { name: 'work', description: 'Do the jobs that "archangel grid run", which starts this, hands out.' },
  args: gridArgs(options),
  run: async ({ rawArgs }) => {
    if (!process.send) throw new InputError('work: is started by "archangel grid run" alone.');
    const { grid, options: asked } = await askedGrid('work', rawArgs, options);
    await work(grid, asked.threads);
  },
});
