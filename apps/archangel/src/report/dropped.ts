import type { ReportRun } from './report_run';
import type { RunReport, Tally } from './run_schemas';

/** What became of data on the way into training, of all runs that read the same. */
export interface DataCounts {
  readonly runs: readonly string[];
  readonly read: number;
  readonly kept: number;
  /** What was left out or repaired, where, and why. */
  readonly changes: readonly {
    readonly where: string;
    readonly what: 'dropped' | 'repaired';
    readonly why: string;
    readonly rows: number;
  }[];
  readonly sets: NonNullable<RunReport['data']>['sets'];
}

export function dataCounts(runs: readonly ReportRun[]): DataCounts[] {
  const groups = new Map<string, { readonly data: NonNullable<RunReport['data']>; readonly runs: string[] }>();
  for (const { label, report } of runs) {
    if (!report.data) continue;
    const key = JSON.stringify(report.data);
    const group = groups.get(key) ?? { data: report.data, runs: [] };
    groups.set(key, group);
    group.runs.push(label);
  }
  return [...groups.values()].map(({ data, runs }) => {
    const { read, kept, sources, steps, sets } = data;
    const mixed = sources.flatMap(({ source, held, taken }) =>
      taken < held
        ? [{ where: source.name, what: 'dropped' as const, why: 'left out of the mixture', rows: held - taken }]
        : [],
    );
    const changes = [
      ...sources.flatMap(({ source, counts }) => changesOf(source.name, counts)),
      ...mixed,
      ...steps.flatMap(({ what, counts }) => changesOf(what, counts)),
    ];
    return { runs, read, kept, changes, sets };
  });
}

function changesOf(where: string, { dropped, repaired }: Tally): DataCounts['changes'] {
  const of = (what: 'dropped' | 'repaired', reasons: Readonly<Record<string, number>>) =>
    Object.entries(reasons).map(([why, rows]) => ({ where, what, why, rows }));
  return [...of('dropped', dropped), ...of('repaired', repaired)];
}
