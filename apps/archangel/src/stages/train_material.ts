import type { ChatFormat, Counts, TokenizeOptions } from '@halokit/data';
import type { LoadedTokenizer } from '@halokit/data/node';
import type { Loss } from '@halokit/losses';
import type { Dataset } from '@halokit/trainer';
import type { TrainRequest } from '../config/load_config';
import { type HeldOutExamples, heldOutExamples } from '../held_out/held_out_examples';
import { classWeights, type WeighedOptions } from '../losses/class_weights';
import { whole } from '../terminal/numbers';
import { chooseFormat } from './chat_format';
import { chooseTokenizer } from './choose_tokenizer';
import type { FoundModel } from './find_model';
import { tokenized } from './tokenize_data';
import { loadTrainData, type TrainData } from './train_data';

/** What a run trains on and is measured with, and the loss, its classes weighed by what there is of each. */
export interface TrainMaterial {
  readonly feedback: TrainData;
  readonly tokenizer: LoadedTokenizer & { readonly said: string };
  readonly format: ChatFormat;
  readonly tokenize: TokenizeOptions;
  readonly loss: Loss;
  readonly weighed: WeighedOptions;
  readonly dataset: Dataset;
  /** What became of its examples when they were made into tokens. */
  readonly tokens: Counts;
  readonly heldOut: HeldOutExamples;
}

/** Reads the feedback, chooses a tokenizer, makes tokens, weighs the classes; and says what there is. */
export async function trainMaterial(
  { config, source, given }: TrainRequest,
  found: FoundModel | undefined,
): Promise<TrainMaterial> {
  const asked = source.create(config.loss);
  const feedback = await loadTrainData(config, asked, source.said);
  const tokenizer = await chooseTokenizer({ ...config, model: found }, feedback.train, asked.needs);
  const format = chooseFormat(config.format, tokenizer);
  console.log(`Tokenizer: ${tokenizer.said}, ${whole(tokenizer.tokenizer.vocabularySize)} entries`);
  const { maxLength, maxPromptLength, longPrompts, unfitTurns } = config;
  const lengths = { maxLength, maxPromptLength, longPrompts, unfitTurns };
  const tokenize: TokenizeOptions = { tokenizer: tokenizer.tokenizer, format, ...lengths };
  const { dataset, counts: tokens } = tokenized(asked, feedback.train, tokenize);
  const weighed = classWeights(source, { options: config.loss, given }, dataset, config.weightsOutside);
  if (weighed.said) console.log(`  ${weighed.said}`);
  const loss = source.create(weighed.options);
  const heldOut = heldOutExamples(feedback.heldOut, loss, tokenize, feedback.data.setOf);
  return { feedback, tokenizer, format, tokenize, loss, weighed, dataset, tokens, heldOut };
}
