export { loadCheckpoint } from './load_checkpoint';
export { saveCheckpoint } from './save_checkpoint';
