import { z } from 'zod';

const share = () => z.number().min(0).max(1);

/** Which feedback is read, and how: what `archangel data` looks at and `archangel train` trains on. */
export const dataOptions = {
  data: z
    .string()
    .describe(
      'what to read: FILE or FOLDER of feedback, hh, shp, oasst, a set with a place (hh:PATH), hf:owner/name; ' +
        'joined by +, each with *WEIGHT and #CAP if need be: shp+hh*0.5+thumbs.jsonl#2000',
    ),
  columns: z
    .record(z.string(), z.coerce.string())
    .default({})
    .describe("the file's own name for a field: --columns.prompt question, --columns.label thumb"),
  rated: z
    .strictObject({
      as: z.enum(['pairs', 'thumbs']).optional().describe('what scores and ranks become; a file of them needs it'),
      pairs: z.enum(['adjacent', 'all']).default('adjacent').describe('which responses of a prompt are paired'),
      margin: z.number().min(0).optional().describe('the least difference that makes a pair'),
      threshold: z
        .union([z.number(), z.enum(['mean', 'median'])])
        .default('median')
        .describe('from where on a thumb is up: a number, mean or median'),
      desirable: z.enum(['high', 'low']).default('high').describe('which scores are good'),
      atThreshold: z.enum(['desirable', 'undesirable', 'drop']).default('desirable').describe('what is exactly at it'),
    })
    .prefault({}),
  split: z.enum(['train', 'test']).default('train').describe('which side of sets that come divided'),
  offline: z.boolean().default(false).describe('never ask the network: what was fetched before serves'),
  joinVotes: z.boolean().default(false).describe('votes on one response are one example, where most put it'),
  rows: z.int().min(1).optional().describe('use only this many examples of the data, drawn with the seed'),
  heldOut: z.number().gt(0).lt(1).default(0.1).describe('share of the prompts kept for evaluation'),
  heldOutBy: z
    .enum(['prompt', 'time'])
    .default('prompt')
    .describe('hold out prompts drawn with the seed, or the latest examples (needs --columns.time)'),
  onePerPrompt: z.boolean().default(false).describe('train on one response of each prompt, classes as equal as can be'),
  keepDesirable: share().optional().describe('share of the desirable examples to train on'),
  keepUndesirable: share().optional().describe('share of the undesirable examples to train on'),
  flipLabels: share()
    .optional()
    .describe('share of the training labels to turn round, drawn with the seed: to see what noise does'),
  format: z
    .enum(['tulu', 'chat-template'])
    .default('tulu')
    .describe('how a conversation becomes text: TULU, or the template of the tokenizer'),
  unfitTurns: z.enum(['error', 'drop']).default('error').describe('what to do with turns that the format refuses'),
  maxLength: z.int().min(1).default(1024).describe('longest row in tokens'),
  maxPromptLength: z.int().min(1).default(512).describe('longest prompt in tokens; first turns are cut'),
  longPrompts: z
    .enum(['error', 'drop', 'cut'])
    .default('error')
    .describe('what to do when a last turn alone is longer; cut takes its beginning away'),
};

const dataSchema = z.strictObject(dataOptions);

export type DataOptions = z.output<typeof dataSchema>;
