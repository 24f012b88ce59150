import { z } from 'zod';

/** How a judge behind an OpenAI-compatible endpoint is asked. */
export const endpointOptions = {
  endpoint: z
    .string()
    .optional()
    .describe('address of an OpenAI-compatible API; default: OpenAI’s. The key is taken from OPENAI_API_KEY'),
  question: z
    .string()
    .default('helpful_harmless_concise')
    .describe('how the judge is asked: helpful_harmless_concise, helpful, harmless, or a file'),
  concurrency: z.int().min(1).default(8).describe('questions asked at once'),
  requestsPerMinute: z.number().positive().optional().describe('no more requests a minute than this'),
  tokensPerMinute: z
    .number()
    .positive()
    .optional()
    .describe('no more tokens a minute than this, counted by the most they can be'),
  maxCost: z
    .number()
    .min(0)
    .optional()
    .describe('what may be paid now; needs --price-in and --price-out, in the same currency'),
  priceIn: z.number().min(0).optional().describe('price of a million tokens that the judge reads'),
  priceOut: z.number().min(0).optional().describe('price of a million tokens that it writes'),
  temperature: z
    .union([z.number().min(0), z.literal('default')])
    .default(0)
    .describe('of the judge; 0 takes the likeliest token, "default" leaves it to the endpoint'),
  seed: z.int().optional().describe('of the judge’s draws; default: none, for not every endpoint takes one'),
  maxTokens: z.int().min(1).default(512).describe('longest answer of the judge in tokens'),
  timeout: z.number().positive().default(120).describe('seconds to wait for one answer of the judge'),
  retries: z.int().min(0).default(8).describe('how often a request that failed is made again'),
  onRefusal: z
    .enum(['stop', 'unparsable'])
    .default('stop')
    .describe('what becomes of a question that the endpoint will not take, because it is too long, say'),
};

const asked = z.object(endpointOptions);
export type EndpointConfig = z.output<typeof asked>;
