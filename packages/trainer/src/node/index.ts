export { type MetricsFile, openMetricsFile } from './metrics_file';
export { type EventsFile, openEventsFile } from './tensorboard/events_file';
