import { basename } from 'node:path';
import { stringify } from 'yaml';
import { figureText } from '../held_out/figure_text';
import { lossLabel } from '../losses/loss_label';
import type { Card } from './card';

/**
 * The metadata of a card, as the hub reads it. A licence is not among it: which one the base model and the data allow is
 * for a person to say.
 */
export function frontMatter(card: Card): string {
  const { model, method, data } = card;
  const sets = [...new Set(data.sources.flatMap(({ repo }) => repo ?? []))];
  const metadata = {
    library_name: 'transformers',
    ...(!method.scores && { pipeline_tag: 'text-generation' }),
    ...(model.base && { base_model: model.base.repo, base_model_relation: 'finetune' }),
    ...(sets.length > 0 && { datasets: sets }),
    tags: [
      'halokit',
      'human-feedback',
      'alignment',
      model.modelType,
      method.loss,
      ...(method.scores ? ['reward-model'] : []),
    ],
    ...modelIndex(card),
  };
  // No line of it may be folded into what a reader takes for the end.
  return `---\n${stringify(metadata, { lineWidth: 0 })}---\n`;
}

function modelIndex({ name, results, method, data }: Card): object | undefined {
  if (typeof results === 'string') return undefined;
  const known = results.filter(({ estimate }) => Number.isFinite(estimate.value));
  if (known.length === 0) return undefined;
  const sets = data.sources.map((source) => source.repo ?? basename(source.name)).join(' + ') || 'made for the run';
  const result = {
    task: { type: method.scores ? 'text-classification' : 'text-generation' },
    dataset: {
      name: `${sets}, held-out prompts`,
      type: data.sources.find(({ repo }) => repo)?.repo ?? 'human-feedback',
    },
    metrics: known.map((figure) => ({
      type: figure.name
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '_')
        .replace(/^_|_$/g, ''),
      value: figure.estimate.value,
      name: `${figure.name} after ${lossLabel({ name: method.loss })}: ${figureText(figure)}, n = ${figure.estimate.n}`,
    })),
  };
  return { 'model-index': [{ name, results: [result] }] };
}
