import { type MetricsFile, openMetricsFile } from '@halokit/trainer/node';
import { currentRanks } from '../ranks/ranks';

/** The file of a stage's metrics; nothing on ranks that do not write, which have the same metrics. @param at where it goes on */
export async function stageMetrics(path: string, at?: number): Promise<MetricsFile> {
  if (currentRanks().first) return openMetricsFile(path, { at });
  return { append: async () => {}, sync: async () => 0, close: async () => {} };
}
