import { z } from 'zod';

const share = () => z.number().min(0).max(1);

/** What `archangel world` can be told, by flags. */
export const worldConfig = z.strictObject({
  out: z.string().describe('folder for the files'),
  seed: z.int().default(1).describe('of all that is drawn'),
  demonstrations: z
    .int()
    .min(1)
    .default(4000)
    .describe('answers of the kind people are used to, good and bad, for SFT: demonstrations.jsonl'),
  goodShare: share().default(0.3).describe('share of good answers among the demonstrations'),
  pairs: z.int().min(1).default(860).describe('pairs to train on: train.jsonl'),
  flip: share().default(0.1).describe('share of the training labels that are wrong'),
  heldOut: z
    .int()
    .min(1)
    .default(256)
    .describe('pairs on templates that the others do not use, labels right: held-out.jsonl'),
  harmful: share().default(0.25).describe('share of the requests that are to be refused'),
  entries: z.int().min(300).default(512).describe('of the tokenizer, which is trained on the demonstrations'),
  overwrite: z.boolean().default(false).describe('replace another world'),
});

export type WorldConfig = z.output<typeof worldConfig>;
