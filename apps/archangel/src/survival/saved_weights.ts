import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type CausalLM, readTensorFile } from '@halokit/models';
import { folderFiles } from '@halokit/models/node';
import * as tf from '@tensorflow/tfjs-core';
import { InputError } from '../input_error';

/**
 * Gives a model what a stage that is behind has made of it: the weights that train, from the folder of the saved model, those
 * of an adapter from the `adapter` in there. All else is as the model was opened.
 */
export async function loadTrained({ weights }: CausalLM, folder: string): Promise<void> {
  const missing = new Map([...weights].filter(([, weight]) => weight.trainable));
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.safetensors'));
  for (const file of files) {
    const place = folderFiles(dirname(join(folder, file)));
    for await (const { name, shape, numbers } of readTensorFile(place, file.split(/[/\\]/).at(-1) as string)) {
      const own = name.replace(/^base_model\.model\./, '');
      const weight = missing.get(own);
      if (!weight) continue;
      tf.tidy(() => weight.assign(tf.tensor(numbers, [...shape])));
      missing.delete(own);
    }
  }
  const [absent] = missing.keys();
  if (absent) throw new InputError(`${folder}: weight ${absent} is missing. Begin anew with --out.`);
}
