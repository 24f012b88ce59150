import * as tf from '@tensorflow/tfjs-core';
import { type CausalLM, disposeModel } from '../causal_lm';
import type { WeightTensor } from '../checkpoint/expected_tensors';
import type { OpenCheckpoint } from '../checkpoint/open_checkpoint';
import { familyOf } from '../families/families';
import { modelWeights } from '../model_weights';
import { MergedLogps, type VocabularyBlock } from './merged_logps';
import type { Reading, StreamedPass } from './passes';
import { readAhead } from './read_ahead';
import { otherTensors, readPart, rowsOf } from './read_part';

/**
 * Log-probabilities of the response tokens of a reading whose states have gone through all layers. Where a response token is
 * predicted they are normalised, in place; then come the words of the vocabulary, block by block.
 *
 * @param answer told each row's log-probabilities
 */
export async function readPredictions(
  checkpoint: OpenCheckpoint,
  { passes }: Reading,
  vocabularyBytes: number,
  signal: AbortSignal | undefined,
  answer: (row: number, logps: Float32Array) => void,
): Promise<void> {
  const merged: MergedLogps[] = [];
  const norm = await readPart(checkpoint, otherTensors(checkpoint));
  try {
    for (const pass of passes) {
      signal?.throwIfAborted();
      merged.push(new MergedLogps({ states: await normalise(norm, pass), labels: pass.layout.labels }));
    }
  } finally {
    disposeModel(norm);
  }
  for await (const block of readAhead(blocksOf(checkpoint, vocabularyBytes), ({ part }) => disposeModel(part))) {
    for (const logps of merged) {
      signal?.throwIfAborted();
      await logps.add(block);
    }
  }
  passes.forEach(({ rows, layout: { places, answerShape } }, i) => {
    const predictions = (merged[i] as MergedLogps).result();
    rows.forEach((row, j) => {
      const ofRow = places.subarray(j * answerShape[1], (j + 1) * answerShape[1]);
      const ofTokens = ofRow.filter((place) => place < predictions.length);
      answer(
        row,
        Float32Array.from(ofTokens, (place) => predictions[place] as number),
      );
    });
  });
}

/** The states that predict a response token after the last norm, [predictions, width], which take the place of all. */
async function normalise(norm: CausalLM, { layout, states }: StreamedPass): Promise<Float32Array> {
  const { config } = norm;
  const width = config.hiddenSize;
  const predicting = tf.tidy(() => {
    const x = tf.tensor3d(states, [...layout.shape, width]);
    const all = tf.reshape(familyOf(config).finalNorm(modelWeights(norm), config, x), [-1, width]);
    return tf.gather(all, tf.tensor1d(layout.predicting, 'int32'));
  });
  try {
    const numbers = await predicting.data<'float32'>();
    states.set(numbers);
    return states.subarray(0, numbers.length);
  } finally {
    predicting.dispose();
  }
}

/** Reads the vocabulary matrix so many bytes at a time, a row at least. */
function blocksOf(checkpoint: OpenCheckpoint, bytes: number): (() => Promise<VocabularyBlock>)[] {
  const { config, tensors } = checkpoint;
  const name = familyOf(config).outputEmbedding(config);
  const matrix = tensors.get(name) as WeightTensor;
  const [words] = matrix.shape as [number, number];
  const size = Math.max(1, Math.floor((bytes * words) / (matrix.end - matrix.start)));
  return Array.from({ length: Math.ceil(words / size) }, (_, i) => async () => {
    const from = i * size;
    const rows = rowsOf(matrix, from, Math.min(from + size, words));
    return { from, part: await readPart(checkpoint, new Map([[name, rows]])) };
  });
}
