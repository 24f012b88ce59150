import type { Failure, Reporter, Result, SpecDone } from 'jasmine-core';
import type { SpecEvent, SpecStatus } from './events';

/** Turns jasmine's reports into events, each with the spec file it belongs to. */
export function reporter(owners: ReadonlyMap<string, string>, send: (event: SpecEvent) => void): Reporter {
  const fileOf = ({ id }: Result) => owners.get(id) ?? 'unknown';
  const at = (node: Result) => send({ kind: 'at', file: fileOf(node), name: node.fullName });
  return {
    suiteStarted: at,
    specStarted: at,
    suiteDone(suite) {
      for (const failure of suite.failedExpectations)
        send({ kind: 'suiteError', file: fileOf(suite), error: `${suite.fullName}: ${textOf(failure)}` });
    },
    specDone(spec) {
      send({
        kind: 'spec',
        file: fileOf(spec),
        spec: spec.fullName,
        status: statusOf(spec),
        messages: spec.failedExpectations.map(textOf),
        ms: spec.duration ?? 0,
      });
    },
    jasmineDone({ failedExpectations }) {
      for (const failure of failedExpectations)
        send({ kind: 'suiteError', file: 'outside of any file', error: textOf(failure) });
    },
  };
}

function statusOf({ status }: SpecDone): SpecStatus {
  return status === 'passed' || status === 'failed' || status === 'excluded' ? status : 'skipped';
}

function textOf({ message, stack }: Failure): string {
  return message || stack || 'no message';
}
