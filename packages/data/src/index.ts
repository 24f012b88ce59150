export { requireBothClasses, toBinary, toDemonstrations, toPreferences } from './classes/binarise';
export { type FlipOptions, flipLabels } from './classes/flip_labels';
export { classCounts, type KeepOptions, keepShares, onePerPrompt } from './classes/imbalance';
export { joinVotes } from './classes/votes';
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
export { InputError } from './input_error';
export { type HttpScorerOptions, httpScorer } from './label/http_scorer';
export { type LabelCache, memoryLabelCache } from './label/label_cache';
export { type Labelled, type LabelOptions, labelTexts } from './label/label_texts';
export type { LabelProgress, LabelRetry, ScoreOptions } from './label/score_options';
export { scoreTexts } from './label/score_texts';
export { functionScorer, type Scorer, ScoringError } from './label/scorer';
export { type Mixture, type MixturePart, mix } from './mixture/mixture';
export { type HubPlace, type LocalPlace, parseSources, type SetName, type Source } from './mixture/source';
export { type PairOptions, ranksToPreferences, scoresToPreferences } from './rated/pairs';
export type { ThumbRule } from './rated/threshold';
export { ranksToBinary, scoresToBinary, type ThumbOptions } from './rated/thumbs';
export type { Columns } from './record/columns';
export { streamDemonstrations } from './record/demonstrations';
export { type FeedbackOptions, readFeedback } from './record/feedback_file';
export { streamFeedback } from './record/feedback_stream';
export type { StreamOptions } from './record/laid_out';
export type { Row, Rows } from './row';
export { Sample } from './sample';
export { hhPreferences } from './sets/hh';
export { oasstPreferences } from './sets/oasst';
export { type Split, setFiles } from './sets/set_files';
export { setPreferences } from './sets/set_preferences';
export { type ShpOptions, shpPreferences } from './sets/shp';
export { shuffled } from './shuffle';
export { splitByPrompt } from './split/split';
export { isHeldOut } from './split/split_stream';
export { splitByTime, type TimeCut, type TimeSplit } from './split/time_split';
export { type Counts, Tally } from './tally';
export { type ChatFormat, endOfResponse, type FormattedPiece, tulu } from './tokens/chat_format';
export { type ChatTemplateOptions, chatTemplate } from './tokens/chat_template';
export { archangelControlTokens, type ControlTokens } from './tokens/control_tokens';
export { tokenizeBinary, tokenizeDemonstrations, tokenizePreferences } from './tokens/tokenize';
export type { BinaryOptions } from './tokens/tokenize_kinds';
export type { TokenizeOptions } from './tokens/tokenize_options';
export { type PromptOptions, type TokenizedPrompt, tokenizePrompt } from './tokens/tokenize_prompt';
export {
  type Examples,
  tokenizeBinaryStream,
  tokenizeDemonstrationsStream,
  tokenizePreferencesStream,
} from './tokens/tokenize_stream';
export type { TokenizedBinary, TokenizedDemonstration, TokenizedPreference } from './tokens/tokenized';
export { createTokenizer, type TextTokenizer } from './tokens/tokenizer';
export { trainTokenizer } from './tokens/train_tokenizer';
