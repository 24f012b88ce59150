import type { Report } from './build_report';

/** Every number of a report, without the texts of prompts and answers, as a JSON document. What is not known is null. */
export function reportJson({ cards: _, judged, ...report }: Report): string {
  const counted = judged.map(({ pairs: _, ...one }) => one);
  return `${JSON.stringify({ ...report, judged: counted }, null, 2)}\n`;
}
