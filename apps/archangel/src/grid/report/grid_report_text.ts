import type { GridReport } from './grid_report';

/** What came out, for a terminal: the claims with what was seen of each, and what is missing. */
export function gridReportText({ title, summary, claims, notAsked, missing }: GridReport): string {
  const parts = [
    `${title}: ${summary.join(' ')}`,
    ...claims.map(({ claim, here }) => {
      const lines = here.map(({ verdict, sentence }) => `  ${verdict}: ${sentence}`);
      return [claim, ...lines].join('\n');
    }),
    ...(notAsked.length > 0 ? [`Not asked here: ${notAsked.join(' ')}`] : []),
    ...(missing.length > 0 ? [['Missing:', ...missing.map((line) => `- ${line}`)].join('\n')] : []),
  ];
  return parts.join('\n\n');
}
