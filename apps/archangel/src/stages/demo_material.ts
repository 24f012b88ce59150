import {
  Tally,
  type TokenizedPreference,
  toBinary,
  tokenizeBinary,
  tokenizeDemonstrations,
  tokenizePreferences,
  tulu,
} from '@halokit/data';
import type { LoadedTokenizer } from '@halokit/data/node';
import type { Dataset } from '@halokit/trainer';
import { makeWorld, type World } from '../world/world';
import { learnTokenizer } from './choose_tokenizer';

/** Longest row of the demo in tokens; its answers end well before. */
export const demoContext = 96;

/** Share of training labels the wrong way round. */
const flip = 0.1;

/** Share of flawless answers among those the model learns to speak from. */
const goodShare = 0.3;

/** A world of feedback, and its examples as each stage of the demo takes them. */
export interface DemoMaterial extends LoadedTokenizer {
  readonly world: World;
  readonly demonstrations: Dataset;
  /** The same answers twice: as thumbs for KTO, as pairs for DPO. */
  readonly thumbs: Dataset;
  readonly pairs: Dataset;
  readonly heldOut: readonly TokenizedPreference[];
  /** What the world is like, for the person. */
  readonly said: string;
}

/** Makes the world of a seed, trains a tokenizer on what is said in it, and tokenizes all of it. */
export function demoMaterial(seed: number, heldOutPairs: number): DemoMaterial {
  const world = makeWorld({ seed, demonstrations: 4000, trainPairs: 3000, heldOutPairs, flip, goodShare });
  const { tokenizer, files } = learnTokenizer(world.demonstrations, 512);
  const options = { tokenizer, format: tulu, maxLength: demoContext, maxPromptLength: demoContext / 2 };
  const tally = new Tally();
  const thumbs = toBinary({ kind: 'preferences', examples: world.preferences });
  const { train, heldOut } = world.templates;
  return {
    world,
    tokenizer,
    files,
    demonstrations: {
      feedback: 'demonstrations',
      examples: tokenizeDemonstrations(world.demonstrations, options, tally),
    },
    thumbs: { feedback: 'binary', examples: tokenizeBinary(thumbs, options, tally) },
    pairs: { feedback: 'preferences', examples: tokenizePreferences(world.preferences, options, tally) },
    heldOut: tokenizePreferences(world.heldOut, options, tally),
    said:
      `A world of feedback: requests from ${train.length} templates to train on, ${heldOut.length} others held out;\n` +
      `  answers a small program can judge, ${100 * (1 - goodShare)} % of them flawed; ${100 * flip} % of the labels the wrong way round.`,
  };
}
