export type { HubEvent, HubOptions } from '@halokit/hub';
export { folderFiles } from './folder_files';
export { type CheckpointPart, type FetchedCheckpoint, fetchCheckpoint, isOnHub } from './hub_checkpoint';
export { loadAdapter } from './load_adapter';
export { loadCheckpoint } from './load_checkpoint';
export { type SaveAdapterOptions, saveAdapter } from './save_adapter';
export { type SaveOptions, saveCheckpoint } from './save_checkpoint';
export { type FolderFile, writeFolder } from './write_folder';
