export { type MetricsFile, openMetricsFile } from './metrics_file';
export { type AskedRows, openReferenceStore, type ReferenceStore } from './reference_store';
export { type EventsFile, openEventsFile } from './tensorboard/events_file';
