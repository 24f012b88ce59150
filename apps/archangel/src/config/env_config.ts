import { z } from 'zod';
import { probeNames } from '../env/probe_names';

/** What `archangel env` can be told, by flags. */
export const envConfig = z.strictObject({
  json: z.boolean().default(false).describe('print one JSON document, and nothing else'),
  probe: z
    .enum(probeNames)
    .optional()
    .describe(
      'look at this alone and say it as JSON: what the command itself starts, so that a crash is found out too',
    ),
});
