import { InputError } from '../input_error';

/** What both families share; names follow Hugging Face's `config.json` in camel case. */
interface SharedConfig {
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
  readonly tieWordEmbeddings: boolean;
  readonly bosTokenId?: number;
  readonly eosTokenId?: number;
}

/** GPT-NeoX, the architecture of Pythia. */
export interface GptNeoxConfig extends SharedConfig {
  readonly modelType: 'gpt_neox';
  readonly layerNormEps: number;
  /** Share of each head that is rotated. */
  readonly rotaryPct: number;
  /** Attention and MLP read the same input (Pythia) or one after the other. */
  readonly useParallelResidual: boolean;
}

/** Llama 1, 2 and 3. */
export interface LlamaConfig extends SharedConfig {
  readonly modelType: 'llama';
  readonly rmsNormEps: number;
  /** Fewer than `numHeads` for grouped-query attention. */
  readonly numKeyValueHeads: number;
  readonly ropeScaling?: RopeScaling;
  readonly attentionBias: boolean;
  readonly mlpBias: boolean;
}

/** How rotary frequencies are stretched for longer contexts than were trained on. */
export type RopeScaling =
  | { readonly type: 'linear'; readonly factor: number }
  | {
      readonly type: 'llama3';
      readonly factor: number;
      readonly lowFreqFactor: number;
      readonly highFreqFactor: number;
      readonly originalMaxPositionEmbeddings: number;
    };

export type ModelConfig = GptNeoxConfig | LlamaConfig;

/** Reads fields of a `config.json` by name; every error says which file and which field. */
export class ConfigReader {
  constructor(
    private readonly json: Readonly<Record<string, unknown>>,
    readonly file: string,
  ) {}

  number(field: string, fallback?: number): number {
    return this.read(field, 'number', fallback);
  }

  boolean(field: string, fallback?: boolean): boolean {
    return this.read(field, 'boolean', fallback);
  }

  string(field: string, fallback?: string): string {
    return this.read(field, 'string', fallback);
  }

  /** A whole number of at least 1. */
  size(field: string, fallback?: number): number {
    const value = this.number(field, fallback);
    if (!Number.isSafeInteger(value) || value < 1)
      this.refuse(field, `is ${value}; it must be a whole number of at least 1`);
    return value;
  }

  /** A token id; lists (several ends of text) give their first. */
  tokenId(field: string): number | undefined {
    const value = this.json[field];
    const first: unknown = Array.isArray(value) ? value[0] : value;
    return typeof first === 'number' ? first : undefined;
  }

  object(field: string): ConfigReader | undefined {
    const value = this.json[field];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'object') return this.refuse(field, 'must be an object');
    return new ConfigReader(value as Record<string, unknown>, `${this.file}: ${field}`);
  }

  refuse(field: string, why: string): never {
    throw new InputError(`${this.file}: ${field} ${why}.`);
  }

  private read<T>(field: string, type: string, fallback: T | undefined): T {
    const value = this.json[field] ?? fallback;
    if (typeof value !== type) this.refuse(field, value === undefined ? 'is missing' : `must be a ${type}`);
    return value as T;
  }
}
