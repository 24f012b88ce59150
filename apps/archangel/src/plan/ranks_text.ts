import type { RanksReport } from './ranks_report';
import { gigabytes, shortTime } from './units';

/** What ranks do between them, as a paragraph. */
export function ranksText(report: RanksReport): string {
  const { ranks, link, shardOptimizer, sentBytes, communicationSeconds, time, worthwhile } = report;
  const [gigabits, microseconds] = [(8 * link.bytesPerSecond) / 1e9, 1e6 * link.latencySeconds];
  const state = shardOptimizer ? 'the state of the optimiser divided' : 'the state of the optimiser on each';
  const sent =
    `On ${ranks} ranks like this one, ${state}, each sends ${gigabytes(sentBytes)} in a step: ` +
    `${shortTime(communicationSeconds)} at ${gigabits} Gbit/s and ${Number(microseconds.toPrecision(3))} µs a message.`;
  if (!time || worthwhile === undefined) return sent;
  const { step, efficiency } = time;
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  const between = (low: string, high: string) => (low === high ? low : `${low} to ${high}`);
  const most = worthwhile === 1 ? 'Not even two ranks are' : `Up to ${worthwhile} ranks are`;
  return (
    `${sent} A step takes ${between(shortTime(step.overlapped), shortTime(step.apart))}, by how much of that overlaps with ` +
    `computing; of what ${ranks} times one rank would do, ${between(percent(efficiency.apart), percent(efficiency.overlapped))} ` +
    `is reached. ${most} used to 80 % with this batch.`
  );
}
