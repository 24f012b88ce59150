import type { SpecResult, SpecStatus } from './events';
import type { RunResult } from './run';

export interface Counts {
  /** Files of which any spec ran. */
  readonly files: number;
  readonly passed: number;
  readonly failed: number;
  readonly excluded: number;
}

export function countsOf({ specs }: Pick<RunResult, 'specs'>): Counts {
  const ran = specs.filter(({ status }) => status === 'passed' || status === 'failed');
  const count = (status: SpecStatus) => specs.filter((spec) => spec.status === status).length;
  return {
    files: new Set(ran.map(({ file }) => file)).size,
    passed: count('passed'),
    failed: count('failed'),
    excluded: count('excluded'),
  };
}

/** Files of which no spec ran: a list of them that says "all passed" would be empty praise. */
export function filesWithoutSpecs({ files, specs }: RunResult): string[] {
  const ran = new Set(
    specs.filter(({ status }) => status !== 'excluded' && status !== 'skipped').map(({ file }) => file),
  );
  return files.filter((file) => !ran.has(file));
}

export function failuresOf({ specs }: RunResult): SpecResult[] {
  return specs.filter(({ status }) => status === 'failed');
}

/** Failed specs by why they failed, the most frequent reason first. */
export function failuresByReason(failures: readonly SpecResult[]): [reason: string, specs: SpecResult[]][] {
  const reasons = new Map<string, SpecResult[]>();
  for (const failure of failures) {
    const reason = reasonOf(failure.messages);
    reasons.set(reason, [...(reasons.get(reason) ?? []), failure]);
  }
  return [...reasons].sort(([, a], [, b]) => b.length - a.length);
}

/** Of several messages, a missing kernel is the cause of the others. Numbers differ from spec to spec. */
function reasonOf(messages: readonly string[]): string {
  for (const message of messages) {
    const kernel = /Kernel '(\w+)' not registered/.exec(message)?.[1];
    if (kernel !== undefined) return `no kernel ${kernel}`;
  }
  const first = messages[0] ?? 'no message';
  if (first.includes('memory leak')) return 'leaks memory';
  const line = first.split('\n')[0] ?? '';
  return line.replace(/-?\d+(\.\d+)?(e[-+]?\d+)?/g, '#').slice(0, 160);
}
