import type { FeedbackRecord } from '../feedback';

/** What a row may say, by halokit's names; a file may use its own (see `Columns`). */
export const fields = [
  'prompt',
  'response',
  'desirable',
  'chosen',
  'rejected',
  'margin',
  'output_A',
  'output_B',
  'score',
  'rank',
  'responses',
  'scores',
  'ranks',
  'messages',
  'rating',
  'user',
  'time',
  'set',
] as const;

export type Field = (typeof fields)[number];

/** The formats of a file, each as messages show it. */
export const formats = {
  binary: '{ prompt, response, desirable }',
  preferences: '{ prompt, chosen, rejected }',
  sides: '{ prompt, output_A, output_B, label }',
  scores: '{ prompt, response, score }',
  'score lists': '{ prompt, responses, scores }',
  ranks: '{ prompt, response, rank }',
  rankings: '{ prompt, responses }',
  conversations: '{ messages }',
} as const;

export type Format = keyof typeof formats;

/** What kind of feedback a format states. */
export const kinds: Readonly<Record<Format, FeedbackRecord['kind']>> = {
  binary: 'binary',
  preferences: 'preferences',
  sides: 'preferences',
  scores: 'scores',
  'score lists': 'scores',
  ranks: 'ranks',
  rankings: 'ranks',
  conversations: 'binary',
};

/** The fields of which a format holds all, besides the prompt and what is optional. */
export const needed: Readonly<Record<Format, readonly Field[]>> = {
  binary: ['response', 'desirable'],
  preferences: ['chosen', 'rejected'],
  sides: ['output_A', 'output_B', 'desirable'],
  scores: ['response', 'score'],
  'score lists': ['responses', 'scores'],
  ranks: ['response', 'rank'],
  rankings: ['responses'],
  conversations: ['messages'],
};

/**
 * The format of a row with these fields; 'both' where it is a pair and a single response at once. A thumb counts for
 * more than a score and a score for more than a rank, as other fields are ignored.
 */
export function formatOf(has: (field: Field) => boolean): Format | 'both' | undefined {
  const paired = has('chosen') || has('rejected');
  if (paired && (has('response') || has('desirable'))) return 'both';
  if (paired) return 'preferences';
  if (has('output_A') && has('output_B')) return 'sides';
  if (has('desirable')) return 'binary';
  if (has('response')) return has('score') ? 'scores' : has('rank') ? 'ranks' : 'binary';
  if (has('responses')) return has('scores') ? 'score lists' : 'rankings';
  return has('messages') ? 'conversations' : undefined;
}
