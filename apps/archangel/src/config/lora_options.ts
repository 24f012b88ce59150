import { z } from 'zod';

/** What adapters are to be like; there are some where there is a rank. */
export const loraOptions = z
  .strictObject({
    rank: z
      .int()
      .min(1)
      .optional()
      .describe('train low-rank adapters (LoRA) of this rank, 16 say, and leave the model’s weights as they are'),
    alpha: z.number().positive().optional().describe('what adapters add is scaled by alpha / rank; default: 32'),
    dropout: z.number().min(0).lt(1).optional().describe('share of their inputs dropped in training; default: 0.05'),
    targets: z
      .union([z.string(), z.array(z.string())])
      .optional()
      .describe(
        'linear layers by the ends of their names, as in q_proj,v_proj; default: all-linear, those of all layers',
      ),
  })
  .prefault({});

export type LoraOptions = z.output<typeof loraOptions>;
