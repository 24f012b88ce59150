import type { ModelSizes } from './model_sizes';

/** Bytes that matrices kept in 16 bits take less than in float32. */
export function bytesSaved({ matrices }: ModelSizes): number {
  return 2 * matrices;
}

/** Rows of the vocabulary matrix that are widened at once. As the onnxruntime backend cuts it. */
const vocabularyRows = 8192;

/** Numbers that are widened at once: a matrix of a layer, and a block of the vocabulary matrix. */
export function widenedAtOnce(
  { inner, vocabulary, width }: ModelSizes,
  isStored: boolean,
): { readonly inLayer: number; readonly inVocabulary: number } {
  if (!isStored) return { inLayer: 0, inVocabulary: 0 };
  return { inLayer: width * inner, inVocabulary: width * Math.min(vocabulary, vocabularyRows) };
}
