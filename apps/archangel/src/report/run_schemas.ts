import { z } from 'zod';

// What a report reads of a run's folder. JSON has no NaN: a number that is not known is null there.

const number = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN);
const count = z.int().min(0);
const counts = z.record(z.string(), z.number());

const estimate = z.object({ value: number, low: number, high: number, n: z.number() });

const figure = z.object({
  name: z.string(),
  estimate,
  unit: z.enum(['share', 'nats', 'reward', 'score']),
  noEffect: z.number().optional(),
  pValue: number.optional(),
});

const tally = z.object({
  read: z.number(),
  kept: z.number(),
  dropped: counts.default({}),
  repaired: counts.default({}),
});

const metrics = z.record(z.string(), z.number().nullable());

/** The parts of a run's `report.json`, each of which may be missing. */
export const reportParts = {
  figures: z.array(figure),
  slices: z.array(z.object({ by: z.string(), name: z.string(), n: z.number(), figures: z.array(figure) })),
  calibration: z.object({
    bins: z.array(z.object({ low: number, high: number, n: z.number(), predicted: number, observed: estimate })),
    expectedError: number,
    brier: number,
  }),
  training: z.record(z.string(), z.object({ updates: z.number(), first: metrics, last: metrics })),
  data: tally.extend({
    sources: z
      .array(z.object({ source: z.object({ name: z.string() }), counts: tally, held: z.number(), taken: z.number() }))
      .default([]),
    steps: z.array(z.object({ what: z.string(), counts: tally })).default([]),
    sets: z.array(z.object({ set: z.string(), class: z.string(), train: z.number(), heldOut: z.number() })).default([]),
  }),
};

/** `run.json`. */
export const runFacts = z.object({
  backend: z.string().optional(),
  machine: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  versions: z.record(z.string(), z.string()).default({}),
  fingerprints: z.record(z.string(), z.string()).default({}),
});

/** A line of `METHOD-metrics.jsonl`. */
export const metricsLine = z.object({ step: z.number() }).catchall(z.unknown());

/** A line of `METHOD-samples.jsonl`. */
export const sampleLine = z.object({
  step: z.number(),
  prompt: z.string(),
  response: z.string(),
  finished: z.boolean(),
});

const turns = z.array(z.object({ role: z.string(), content: z.string() }));

/** A line of `METHOD-completions.jsonl`. */
export const completionLine = z.object({
  id: z.string(),
  set: z.string(),
  prompt: turns,
  response: z.string(),
  tokens: z.number(),
  finished: z.boolean(),
  target: z.string().optional(),
  targetTokens: z.number().optional(),
});

/** `METHOD-completions.json`. */
export const completionsFacts = z.object({
  model: z.string(),
  data: z.unknown().optional(),
  settings: z.record(z.string(), z.unknown()).default({}),
});

const outcomes = ['win', 'tie', 'loss', 'unparsable'] as const;

const said = z.object({ verdict: z.string(), said: z.string().default('') });

/** A line of `METHOD-judgments-BASELINE-JUDGE.jsonl`. */
export const judgmentLine = z.object({
  id: z.string(),
  set: z.string(),
  prompt: z.union([z.string(), turns]),
  candidate: z.string(),
  baseline: z.string(),
  candidateTokens: z.number().optional(),
  baselineTokens: z.number().optional(),
  ahead: said,
  behind: said,
  outcome: z.enum(outcomes),
});

const judgedModel = z.object({ model: z.string(), method: z.string() });

/** `METHOD-judged-BASELINE-JUDGE.json`. */
export const judgedFacts = z.object({
  candidate: judgedModel,
  baseline: z.union([z.literal('target'), judgedModel]),
  judge: z.object({ name: z.string(), question: z.unknown().optional(), endpoint: z.string().optional() }),
  counts: z.object({
    win: count,
    tie: count,
    loss: count,
    unparsable: count,
    orderDependent: count,
  }),
  rate: estimate,
  rateWithoutTies: estimate.optional(),
  lengthControlled: estimate.optional(),
  meanTokens: z.object({ candidate: estimate, baseline: estimate }).optional(),
  cost: z.record(z.string(), z.unknown()).optional(),
});

export type Figure = z.output<typeof figure>;
export type Tally = z.output<typeof tally>;
export type RunReport = { readonly [K in keyof typeof reportParts]?: z.output<(typeof reportParts)[K]> };
export type RunFacts = z.output<typeof runFacts>;
export type Sample = z.output<typeof sampleLine>;
export type CompletionLine = z.output<typeof completionLine>;
export type CompletionsFacts = z.output<typeof completionsFacts>;
export type Judgment = z.output<typeof judgmentLine>;
export type JudgedFacts = z.output<typeof judgedFacts>;
