import type { ChatFormat, Counts, Source } from '@halokit/data';
import { type CausalLM, parameterCount } from '@halokit/models';
import type { FoundModel } from '../stages/find_model';
import type { LoadedData } from '../stages/load_data';
import type { Recipe } from '../stages/recipe';
import type { Card, CardData, CardSource } from './card';
import { code } from './markdown';
import { modelCard } from './model_card';

/** What all models of a run of `train` have in common. */
export interface TrainRun {
  readonly data: LoadedData;
  readonly steps: CardData['steps'];
  readonly heldOut: number;
  readonly found: FoundModel | undefined;
  readonly format: ChatFormat;
  /** Where the tokenizer is from, in words. */
  readonly tokenizer: string;
  readonly settings: object;
  readonly backend: string;
}

/** One model of it. */
export interface TrainedModel {
  readonly model: CausalLM;
  readonly method: Card['method'];
  readonly recipe: Recipe;
  /** Its examples, and what became of them when they were made into tokens. */
  readonly trained: number;
  readonly tokenized: Counts;
  readonly weights?: string;
  /** Whether another stage came before. */
  readonly afterSft: boolean;
  readonly results: Card['results'];
}

/** The card of a model that `train` saves. */
export function trainCard(run: TrainRun, { model, method, recipe, afterSft, ...own }: TrainedModel): string {
  const { data, found, format } = run;
  const base = found?.hub;
  return modelCard({
    name: `${method.loss}-${data.name}`,
    model: {
      modelType: model.config.modelType,
      parameters: parameterCount(model.config),
      start: startOf(found) + (afterSft ? ', trained with SFT first, on the responses worth imitating' : ''),
      ...(base && { base }),
    },
    method,
    data: {
      sources: data.sources.map(({ source, counts, taken }): CardSource => {
        return { name: source.name, ...repoOf(source), counts, taken };
      }),
      steps: [...run.steps, { what: 'made into tokens', counts: own.tokenized }],
      trained: own.trained,
      heldOut: run.heldOut,
      ...(own.weights !== undefined && { weights: own.weights }),
    },
    format: formatWords(format),
    tokenizer: run.tokenizer,
    settings: { stage: recipe, run: run.settings },
    ...{ backend: run.backend, results: own.results },
  });
}

function startOf(found: FoundModel | undefined): string {
  if (!found) return 'fresh weights';
  return found.hub
    ? `${code(found.hub.repo)} at commit ${code(found.hub.commit)}`
    : `the checkpoint ${code(found.said)}`;
}

function repoOf({ place }: Source): { repo: string } | undefined {
  return place.kind === 'hub' ? { repo: place.repo } : undefined;
}

/** How conversations became text, as the person who samples needs to know it. */
export function formatWords({ name }: ChatFormat): string {
  if (name !== 'tulu') return 'the tokenizer’s own chat template has it';
  return 'the format `tulu` has it: each turn after a line `<|user|>` or `<|assistant|>`, the response after a last `<|assistant|>`';
}
