import type { HaloReport, ProspectProperties, Verdict } from './report';
import { roughly } from './rounding';

const marks: Record<Verdict, string> = { holds: '✓', fails: '✗', unclear: '?' };

const definitions = {
  v1: 'Definition 3.4, first version: the loss is t(v(r - E[r])), t negative affine',
  signed: 'Definition 3.4, signed: the loss is a v(r - E[r]) + constant, a = -1 desirable, +1 undesirable',
};

/** A report as plain text for a terminal: a line per clause with its mark, counter-examples below, indented. */
export function describeHalo(report: HaloReport): string {
  const { loss, meets, definition, clauses, properties } = report;
  const fails = clauses.some(({ verdict }) => verdict === 'fails');
  const width = Math.max(...clauses.map(({ name }) => name.length), ...rows(properties).map(([name]) => name.length));
  const clauseLines = clauses.flatMap(({ name, verdict, detail, counterExample }) => [
    `  ${marks[verdict]} ${name.padEnd(width)}  ${detail}`,
    ...(counterExample ? [`    ${' '.repeat(width)}  e.g. ${counterExample.says}`] : []),
  ]);
  return [
    `${loss} ${meets ? 'meets' : fails ? 'does not meet' : 'could not be shown to meet'} the definition of a human-aware loss.`,
    `  ${definitions[definition]}`,
    ...clauseLines,
    '  As prospect theory has it, by the loss of a desirable example:',
    ...rows(properties).map(([name, value]) => `    ${name.padEnd(width)}  ${value}`),
    '',
  ].join('\n');
}

function rows(properties: ProspectProperties): [name: string, value: string][] {
  const { referencePoint, concaveInGains, convexInLosses, lossesLoomLarger, lossAversion } = properties;
  const word = (x: boolean | undefined) => (x === undefined ? 'the numbers do not tell' : x ? 'yes' : 'no');
  const strength =
    lossAversion === undefined
      ? ''
      : `; right at the reference point a loss weighs ${roughly(lossAversion)} times as much as a gain`;
  return [
    ['reference point', word(referencePoint)],
    ['concave in gains', word(concaveInGains)],
    ['convex in losses', word(convexInLosses)],
    [
      'loss aversion',
      `${word(lossesLoomLarger)}${lossesLoomLarger ? ', losses weigh more than equal gains' : ''}${strength}`,
    ],
  ];
}
