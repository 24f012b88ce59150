export type { HubEvent, HubFile, HubOptions } from '@halokit/hub';
export { dataFiles } from './data_files';
export { hubFiles } from './hub_files';
export { type FileLabelCache, openLabelCache } from './label_cache';
export { type LoadedSource, type LoadedSources, type LoadSourcesOptions, loadSources } from './load_sources';
export { type LoadedTokenizer, loadTokenizer } from './load_tokenizer';
export { type ReadOptions, readRows } from './read_rows';
export { filesRows, sourceFiles } from './source_files';
export type { NamedFile } from './text_chunks';
