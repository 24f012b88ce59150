import { tulu } from '@halokit/data';
import { type CausalLM, parameterCount } from '@halokit/models';
import type { Figure } from '../held_out/figure';
import type { Standing } from '../stages/compare_models';
import type { Recipe } from '../stages/recipe';
import type { Card } from './card';
import { modelCard } from './model_card';
import { formatWords } from './train_card';

/** What all models of a demo have in common. */
export interface DemoRun {
  /** What the world of feedback is like. */
  readonly said: string;
  readonly heldOut: number;
  readonly settings: object;
  readonly backend: string;
}

export interface DemoModel {
  readonly model: CausalLM;
  readonly method: Omit<Card['method'], 'scores'>;
  readonly recipe: Recipe;
  /** Examples to train on. */
  readonly trained: number;
  readonly start: string;
  readonly results: Card['results'];
}

/** The card of a model that the demo saves. */
export function demoCard(run: DemoRun, { model, method, recipe, trained, start, results }: DemoModel): string {
  const { modelType } = model.config;
  return modelCard({
    name: `${method.loss}-demo`,
    model: { modelType, parameters: parameterCount(model.config), start },
    method: { ...method, scores: false },
    data: { said: run.said, sources: [], steps: [], trained, heldOut: run.heldOut },
    format: formatWords(tulu),
    tokenizer: 'trained on the data',
    settings: { stage: recipe, run: run.settings },
    ...{ backend: run.backend, results },
  });
}

/** What was measured of an aligned model, as figures. */
export function figuresOf({ aligned }: Standing): Figure[] {
  if (!aligned) return [];
  return [
    { name: 'reward accuracy', estimate: aligned.accuracy, unit: 'share', noEffect: 0.5 },
    { name: 'win rate over SFT', estimate: aligned.winRate.rate, unit: 'share', noEffect: 0.5 },
    { name: 'KL to SFT', estimate: aligned.kl, unit: 'nats' },
  ];
}
