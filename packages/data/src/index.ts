export { requireBothClasses, toBinary, toDemonstrations, toPreferences } from './binarise';
export { type ChatFormat, type FormattedPiece, tulu } from './chat_format';
export type { Binary, Demonstration, Feedback, Preference, Prompt, Role, Turn } from './feedback';
export { readFeedback } from './feedback_file';
export { hhPreferences } from './hh';
export { InputError } from './input_error';
export type { Row, Rows } from './row';
export { shuffled } from './shuffle';
export { splitByPrompt } from './split';
export { type Counts, Tally } from './tally';
export {
  type TokenizeOptions,
  tokenizeBinary,
  tokenizeDemonstrations,
  tokenizePreferences,
  tokenizePrompt,
} from './tokenize';
export type { TokenizedBinary, TokenizedDemonstration, TokenizedPreference } from './tokenized';
export { createTokenizer, type TextTokenizer } from './tokenizer';
export { trainTokenizer } from './train_tokenizer';
