import { claimed } from './claimed';
import type { SpecResult } from './events';
import type { RunResult } from './run';
import { countsOf, failuresByReason, failuresOf, filesWithoutSpecs } from './summary';

/** One line a failed spec, under the reason that it shares with others. */
export function failureReport(failures: readonly SpecResult[]): string {
  return failuresByReason(failures)
    .flatMap(([reason, specs]) => [
      `${specs.length} × ${reason}`,
      ...specs.map(({ file, spec }) => `    ${file}: ${spec}`),
    ])
    .join('\n');
}

/** A run for people: groups, files that failed (or all), the reasons, what happened outside of specs, and the sum. */
export function runReport(result: RunResult, verbose: boolean): string {
  const failures = failuresOf(result);
  const files = verbose
    ? result.files
    : result.files.filter((file) => failures.some((failure) => failure.file === file));
  return [
    ...claimed.map(({ heading, files: group }) => line(heading, ofFiles(result, group))),
    ...files.map((file) => line(file, ofFiles(result, [file]))),
    failureReport(failures),
    ...(verbose ? failures.map(({ file, spec, messages }) => `\n${file}: ${spec}\n  ${messages.join('\n  ')}`) : []),
    ...troubleLines(result),
    sum(result),
  ]
    .filter((text) => text !== undefined && text !== '')
    .join('\n');
}

function ofFiles({ specs }: RunResult, files: readonly string[]): SpecResult[] {
  return specs.filter(({ file }) => files.includes(file));
}

/** What came of some specs, with the time that they took; nothing if there are none. */
function line(name: string, specs: readonly SpecResult[]): string | undefined {
  if (specs.length === 0) return undefined;
  const { passed, failed, excluded } = countsOf({ specs });
  const ms = Math.round(specs.reduce((sum, spec) => sum + spec.ms, 0));
  const left = excluded > 0 ? `${excluded} excluded` : '';
  return `${name.padEnd(44)} ${`${passed}/${passed + failed}`.padStart(9)} ${`${ms} ms`.padStart(9)}  ${left}`.trimEnd();
}

function troubleLines(result: RunResult): string[] {
  return [
    ...result.crashes.map(({ file, what }) => `CRASH in ${file}: ${what}`),
    ...result.loadErrors.map(({ file, what }) => `${file} did not load: ${what}`),
    ...result.suiteErrors.map(({ file, what }) => `${file}: a suite failed: ${what}`),
    ...filesWithoutSpecs(result).map((file) => `${file}: no spec ran`),
  ];
}

function sum(result: RunResult): string {
  const { files, passed, failed, excluded } = countsOf(result);
  const total = passed + failed;
  const left = `${excluded} excluded (${share(excluded, total + excluded)})`;
  return `${files} files, ${passed} of ${total} specs passed (${share(passed, total)}), ${failed} failed, ${left}`;
}

function share(part: number, whole: number): string {
  return whole === 0 ? 'of none' : `${((100 * part) / whole).toFixed(1)} %`;
}
