export { requireBothClasses, toBinary, toDemonstrations, toPreferences } from './binarise';
export { type ChatFormat, endOfResponse, type FormattedPiece, tulu } from './chat_format';
export { type ChatTemplateOptions, chatTemplate } from './chat_template';
export { archangelControlTokens, type ControlTokens } from './control_tokens';
export { streamDemonstrations } from './demonstrations';
export type {
  Binary,
  Demonstration,
  Feedback,
  FeedbackRecord,
  Origin,
  Preference,
  Prompt,
  Ranked,
  Role,
  Scored,
  Turn,
} from './feedback';
export { type FeedbackOptions, readFeedback } from './feedback_file';
export { streamFeedback } from './feedback_stream';
export { hhPreferences } from './hh';
export { classCounts, type KeepOptions, keepShares, onePerPrompt } from './imbalance';
export { InputError } from './input_error';
export { type HttpScorerOptions, httpScorer } from './label/http_scorer';
export { type LabelCache, memoryLabelCache } from './label/label_cache';
export { type Labelled, type LabelOptions, labelTexts } from './label/label_texts';
export type { LabelProgress, LabelRetry, ScoreOptions } from './label/score_options';
export { functionScorer, type Scorer, ScoringError } from './label/scorer';
export { type Mixture, type MixturePart, mix } from './mixture';
export { oasstPreferences } from './oasst';
export type { SetPreference } from './of_set';
export { type PairOptions, ranksToPreferences, scoresToPreferences } from './rated/pairs';
export type { ThumbRule } from './rated/threshold';
export { ranksToBinary, scoresToBinary, type ThumbOptions } from './rated/thumbs';
export type { Columns } from './record/columns';
export type { StreamOptions } from './record/laid_out';
export type { Row, Rows } from './row';
export { type Split, setFiles } from './set_files';
export { setPreferences } from './set_preferences';
export { sftTargets } from './sft_targets';
export { type ShpOptions, shpPreferences } from './shp';
export { shuffled } from './shuffle';
export { type HubPlace, type LocalPlace, parseSources, type SetName, type Source } from './source';
export { splitByPrompt } from './split';
export { isHeldOut } from './split_stream';
export { type Counts, Tally } from './tally';
export { splitByTime, type TimeCut, type TimeSplit } from './time_split';
export { tokenizeBinary, tokenizeDemonstrations, tokenizePreferences } from './tokenize';
export type { BinaryOptions } from './tokenize_kinds';
export type { TokenizeOptions } from './tokenize_options';
export { type PromptOptions, type TokenizedPrompt, tokenizePrompt } from './tokenize_prompt';
export {
  type Examples,
  tokenizeBinaryStream,
  tokenizeDemonstrationsStream,
  tokenizePreferencesStream,
} from './tokenize_stream';
export type { TokenizedBinary, TokenizedDemonstration, TokenizedPreference } from './tokenized';
export { createTokenizer, type TextTokenizer } from './tokenizer';
export { trainTokenizer } from './train_tokenizer';
export { joinVotes } from './votes';
