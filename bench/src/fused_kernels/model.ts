import type { CausalLM, GptNeoxConfig } from '@halokit/models';
import * as tf from '@tensorflow/tfjs-core';
import { initialValues, parameters } from '../train_step/initial_weights';
import type { Shape } from '../train_step/shape';
import { checkpointName } from './checkpoint_names';

/** Pythia's config in another size. */
export function pythiaConfig({ layers, width, heads, vocabulary }: Shape): GptNeoxConfig {
  return {
    modelType: 'gpt_neox',
    hiddenAct: 'gelu',
    vocabSize: vocabulary,
    hiddenSize: width,
    intermediateSize: 4 * width,
    numLayers: layers,
    numHeads: heads,
    headSize: width / heads,
    maxPositionEmbeddings: 2048,
    initializerRange: 0.02,
    layerNormEps: 1e-5,
    ropeTheta: 10000,
    rotaryPct: 0.25,
    useParallelResidual: true,
    attentionBias: true,
    tieWordEmbeddings: false,
  };
}

/** A model of @halokit/models with the initial weights that the peer has too. */
export function createModel(shape: Shape): CausalLM {
  const weights = parameters(shape).map((parameter, index) => {
    const weight = tf.tidy(() => tf.variable(tf.tensor(initialValues(parameter, index), parameter.shape)));
    return [checkpointName(parameter.name), weight] as const;
  });
  return { config: pythiaConfig(shape), weights: new Map(weights) };
}
