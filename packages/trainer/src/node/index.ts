export { type MetricsFile, openMetricsFile } from './metrics_file';
