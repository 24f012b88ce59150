import { type ModelConfig, preset, presetNames } from '@halokit/models';
import { configOf, findModel } from '../../stages/find_model';
import { newModelConfig } from '../../stages/new_model';
import type { GridConfig } from '../grid_config';
import { modelShape } from '../key_checks';

/** What a model of the grid is like: by its shape, by its name where that is a published one's, else by its config. */
export async function plannedModel({ models, plan }: GridConfig, name: string): Promise<ModelConfig> {
  const { model, shape } = models[name] as GridConfig['models'][string];
  if (shape) return newModelConfig(modelShape.parse(shape), { vocabularySize: plan?.vocabulary ?? 0, eosId: 0 });
  const published = [name, model?.split('/').at(-1)?.split('@')[0]].find((one) =>
    presetNames.some((known) => known === one),
  );
  if (published !== undefined) return preset(published);
  return configOf(await findModel(model as string, false, ['config']));
}
