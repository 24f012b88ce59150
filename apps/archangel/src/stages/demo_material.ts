import {
  archangelControlTokens,
  type Feedback,
  Tally,
  type TokenizedPreference,
  tokenizeDemonstrations,
  tokenizePreferences,
  tokenizePrompt,
  tulu,
} from '@halokit/data';
import type { LoadedTokenizer } from '@halokit/data/node';
import type { Loss, LossNeeds } from '@halokit/losses';
import type { Dataset } from '@halokit/trainer';
import { makeWorld, type World } from '../world/world';
import { learnTokenizer } from './choose_tokenizer';
import { tokenizeFor } from './tokenize_data';

/** Longest row of the demo in tokens; its answers end well before. */
export const demoContext = 96;

/** Share of training labels the wrong way round. */
const flip = 0.1;

/** Share of flawless answers among those the model learns to speak from. */
const goodShare = 0.3;

/** A world of feedback, and its examples as each stage of the demo takes them. */
export interface DemoMaterial extends Omit<LoadedTokenizer, 'config'> {
  readonly world: World;
  readonly demonstrations: Dataset;
  /** The same answers as each loss takes them: as thumbs for KTO, as pairs for DPO. */
  datasetFor(loss: Loss): Dataset;
  readonly heldOut: readonly TokenizedPreference[];
  /** The held-out prompts as a model is asked them that learnt with this loss: for good answers, where it can be told. */
  promptsFor(loss: Loss): readonly Int32Array[];
  /** What the world is like, for the person. */
  readonly said: string;
}

/** Makes the world of a seed, trains a tokenizer on what is said in it, and tokenizes all of it. */
export function demoMaterial(seed: number, heldOutPairs: number, needs?: LossNeeds): DemoMaterial {
  const world = makeWorld({ seed, demonstrations: 4000, trainPairs: 3000, heldOutPairs, flip, goodShare });
  const { tokenizer, files } = learnTokenizer(world.demonstrations, 512, needs);
  const options = { tokenizer, format: tulu, maxLength: demoContext, maxPromptLength: demoContext / 2 };
  const tally = new Tally();
  const feedback: Feedback = { kind: 'preferences', examples: world.preferences };
  const heldOut = tokenizePreferences(world.heldOut, options, tally);
  const { train, heldOut: unseen } = world.templates;
  return {
    world,
    tokenizer,
    files,
    demonstrations: {
      feedback: 'demonstrations',
      examples: tokenizeDemonstrations(world.demonstrations, options, tally),
    },
    datasetFor: (loss) => tokenizeFor(loss, feedback, options, tally),
    heldOut,
    promptsFor(loss) {
      const controlToken = loss.needs?.controlTokens ? archangelControlTokens.desirable : undefined;
      // All of them fit: the same prompts were tokenized above.
      return world.heldOut.map(({ prompt }) => tokenizePrompt(prompt, { ...options, controlToken })?.ids as Int32Array);
    },
    said:
      `A world of feedback: requests from ${train.length} templates to train on, ${unseen.length} others held out;\n` +
      `  answers a small program can judge, ${100 * (1 - goodShare)} % of them flawed; ${100 * flip} % of the labels the wrong way round.`,
  };
}
