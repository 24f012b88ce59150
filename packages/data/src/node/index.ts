export { type LoadedTokenizer, loadTokenizer } from './load_tokenizer';
export { readRows } from './read_rows';
