import { z } from 'zod';

/** What `archangel report` can be told, by flags, beside the runs. */
export const reportConfig = z.strictObject({
  out: z
    .string()
    .optional()
    .describe('folder for report.html, report.md and report.json; default: reports/RUNS, named by the runs'),
  title: z.coerce.string().optional().describe('the report’s title; default: the runs'),
  pairs: z.int().min(0).default(512).describe('how many pairs of each comparison the page shows; all are counted'),
});
