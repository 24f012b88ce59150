import type { Counts } from '@halokit/data';
import type { Figure } from '../held_out/figure';

/** Everything that a model card says. */
export interface Card {
  /** What the model is called: `kto-thumbs`. */
  readonly name: string;
  readonly model: {
    readonly modelType: string;
    readonly parameters: number;
    /** What it was before, in words. */
    readonly start: string;
    /** Where on the hub that is, if it is there. */
    readonly base?: { readonly repo: string; readonly commit: string };
  };
  readonly method: {
    /** The loss's name in a config. */
    readonly loss: string;
    readonly options: Readonly<Record<string, unknown>>;
    /** Whether it teaches a reward head, and not how to answer. */
    readonly scores: boolean;
    /** The adapters that it trained in place of the weights, in words. */
    readonly adapters?: string;
  };
  readonly data: CardData;
  /** How conversations became text, in words, as in `the format tulu has it`. */
  readonly format: string;
  /** Where the tokenizer is from, in words. */
  readonly tokenizer: string;
  /** How this stage walked through its data and moved the weights; and the whole run's config, resolved. */
  readonly settings: { readonly stage: object; readonly run: object };
  /** What computed it. */
  readonly backend: string;
  /** Figures on held-out prompts, or why there are none. */
  readonly results: readonly Figure[] | string;
}

/** What the model was trained on. */
export interface CardData {
  /** For data that did not come from files. */
  readonly said?: string;
  readonly sources: readonly CardSource[];
  /** What became of rows and examples on the way, each step in words. */
  readonly steps: readonly { readonly what: string; readonly counts: Counts }[];
  readonly trained: number;
  readonly heldOut: number;
  /** How the classes weigh. */
  readonly weights?: string;
}

export interface CardSource {
  readonly name: string;
  /** Of a data set of the hub. */
  readonly repo?: string;
  readonly counts: Counts;
  /** Examples taken of it. */
  readonly taken: number;
}
