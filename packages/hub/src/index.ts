export type { HubFile } from './download';
export type { HubEvent } from './events';
export { type FetchedFiles, fetchFiles } from './fetch_files';
export type { HubOptions } from './options';
export type { HubKind, HubRepository } from './repository';
