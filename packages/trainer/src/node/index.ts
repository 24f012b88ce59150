export { type MetricsFile, openMetricsFile } from './metrics_file';
export { type AskedRows, openReferenceStore, type ReferenceStore } from './reference_store';
export { type EventsFile, openEventsFile } from './tensorboard/events_file';
export { type LatestOptions, latestTraining, type SavedTraining } from './training/latest_training';
export { saveTraining, type Training } from './training/save_training';
