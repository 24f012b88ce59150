import type { RopeScaling } from '../layers/rotary';
import type { ConfigReader } from './config_reader';

/** What every family's config has; names follow Hugging Face's `config.json` in camel case. */
export interface SharedConfig {
  readonly modelType: string;
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly intermediateSize: number;
  readonly numLayers: number;
  readonly numHeads: number;
  readonly headSize: number;
  readonly maxPositionEmbeddings: number;
  readonly initializerRange: number;
  /** Base of the rotary frequencies. */
  readonly ropeTheta: number;
  /** How those are stretched for a longer context; absent where they are not. */
  readonly ropeScaling?: RopeScaling;
  readonly tieWordEmbeddings: boolean;
  readonly bosTokenId?: number;
  /** Ends a text; the first of them where there are several. */
  readonly eosTokenId?: number;
  /** All of them, where there are several: Llama 3 ends a text, a turn and a call of a tool with one each. */
  readonly eosTokenIds?: readonly number[];
}

/** The fields that every family has under the same names. */
export function readShared(reader: ConfigReader) {
  const [hiddenSize, numHeads] = [reader.size('hidden_size'), reader.size('num_attention_heads')];
  if (hiddenSize % numHeads !== 0) reader.refuse('hidden_size', `is ${hiddenSize}, no multiple of ${numHeads} heads`);
  const eosTokenIds = reader.tokenIds('eos_token_id');
  return {
    vocabSize: reader.size('vocab_size'),
    hiddenSize,
    numHeads,
    headSize: hiddenSize / numHeads,
    numLayers: reader.size('num_hidden_layers'),
    // Before Transformers had a name for it, conversions of Llama called it so.
    maxPositionEmbeddings: reader.size('max_position_embeddings', reader.size('max_sequence_length', 2048)),
    initializerRange: reader.share('initializer_range', 0.02),
    tieWordEmbeddings: reader.boolean('tie_word_embeddings', false),
    bosTokenId: reader.tokenId('bos_token_id'),
    eosTokenId: eosTokenIds[0],
    ...(eosTokenIds.length > 1 && { eosTokenIds }),
  };
}
