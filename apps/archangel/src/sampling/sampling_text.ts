import { type Completion, meanInterval, table, wilson } from '@halokit/evaluation';
import { numberInterval, percentInterval, whole } from '../terminal/numbers';
import { completionsFile } from './completion_files';
import type { PlacedPrompt } from './fitting_prompts';
import type { SampledModel } from './sampled_models';

/** A model's answers. */
export interface AnsweredBy {
  readonly model: SampledModel;
  readonly completions: readonly Completion[];
}

/**
 * @param all how many there are
 * @param from where, in words
 * @param left what became of the others, in words
 */
export function promptsText(prompts: readonly PlacedPrompt[], all: number, from: string, left: string): string {
  const asked = `Prompts: ${whole(prompts.length)} of ${whole(all)} ${from}: ${left}`;
  const counts = new Map<string, number>();
  for (const { set } of prompts) counts.set(set, (counts.get(set) ?? 0) + 1);
  if (counts.size < 2) return asked;
  const shares = [...counts].sort().map(([set, count]) => `${set} ${whole(count)}`);
  return `${asked}\n  by set, in its share of all prompts: ${shares.join(', ')}`;
}

/** A table of the models, and where their answers are. */
export function answersText(answered: readonly AnsweredBy[]): string {
  const rows = answered.map(({ model, completions }) => {
    const finished = completions.filter((completion) => completion.finished).length;
    return [
      model.place,
      whole(completions.length),
      numberInterval(meanInterval(completions.map(({ tokens }) => tokens))),
      percentInterval(wilson(finished, completions.length)),
    ];
  });
  const files = answered.map(({ model }) => `${model.place}: ${completionsFile(model.folder, model.method)}`);
  return `\n${table(['model', 'answers', 'mean tokens', 'ended by themselves'], rows)}\n\n${files.join('\n')}`;
}
