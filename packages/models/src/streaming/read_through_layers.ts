import * as tf from '@tensorflow/tfjs-core';
import { type CausalLM, disposeModel } from '../causal_lm';
import type { OpenCheckpoint } from '../checkpoint/open_checkpoint';
import { familyOf } from '../families/families';
import { modelWeights } from '../model_weights';
import { passContext } from '../rows/pass_context';
import type { Reading, StreamedPass } from './passes';
import { readAhead } from './read_ahead';
import { layerTensors, readPart } from './read_part';

/**
 * Takes the hidden states of a reading through all layers, in place: each layer is read while the one before computes all
 * passes.
 *
 * @param onLayer told how many layers are done
 */
export async function readThroughLayers(
  checkpoint: OpenCheckpoint,
  { passes }: Reading,
  signal: AbortSignal | undefined,
  onLayer: (layer: number) => void,
): Promise<void> {
  const layers = [...Array(checkpoint.config.numLayers).keys()];
  const reads = layers.map((layer) => () => readPart(checkpoint, layerTensors(checkpoint, layer)));
  let layer = 0;
  for await (const part of readAhead(reads, disposeModel)) {
    for (const pass of passes) {
      signal?.throwIfAborted();
      await runLayer(part, layer, pass);
    }
    layer++;
    onLayer(layer);
  }
}

async function runLayer(part: CausalLM, layer: number, { layout, states }: StreamedPass): Promise<void> {
  const { config } = part;
  const family = familyOf(config);
  const y = tf.tidy(() => {
    const { angles, mask } = passContext(config, layout);
    const x = tf.tensor3d(states, [...layout.shape, config.hiddenSize]);
    return family.layer(modelWeights(part, family.layerPrefix(layer)), config, x, { angles, mask });
  });
  try {
    states.set(await y.data<'float32'>());
  } finally {
    y.dispose();
  }
}
