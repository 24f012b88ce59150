import { z } from 'zod';
import { dataOptions } from './data_options';
import { judgeConfig } from './judge_config';

const { threshold, atThreshold, desirable } = dataOptions.rated.unwrap().shape;

/** How a judge is asked, and where a reward model computes. */
const judging = judgeConfig.omit({ judge: true, against: true, prompts: true, overwrite: true, json: true }).shape;

/** How answers become feedback, and who says which are good: `archangel label`. */
export const labelConfig = z.strictObject({
  by: z
    .string()
    .describe(
      'who labels: a reward model (a bradleyTerry run’s folder), ./file.ts that exports "score" or a judge, a model behind an ' +
        'endpoint, or world: what "archangel world" holds for right, as a score from 0 to 1',
    ),
  as: z.enum(['pairs', 'thumbs']).describe('what the answers become'),
  out: z
    .string()
    .describe('the file of feedback to write, FILE.jsonl, which "archangel train --data FILE.jsonl" reads'),
  against: z
    .string()
    .optional()
    .describe(
      'what every answer is compared with: target, the response that its set prefers, or a file of answers by another ' +
        'model; default: pairs are of answers to one prompt, thumbs by the threshold',
    ),
  pairs: z
    .enum(['adjacent', 'all'])
    .default('adjacent')
    .describe(
      'which answers to a prompt are paired: each with the next in score (for a judge, the next in order), or with every other',
    ),
  margin: z.number().min(0).optional().describe('the least difference of scores that makes a pair'),
  threshold,
  desirable,
  atThreshold,
  overwrite: z.boolean().default(false).describe('replace the file if it exists'),
  ...judging,
});

export type LabelConfig = z.output<typeof labelConfig>;
